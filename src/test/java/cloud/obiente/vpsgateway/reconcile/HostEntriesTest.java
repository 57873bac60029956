package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.HostEntry;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.Batches;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.Subnet;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which addresses dnsmasq gives to which NIC: one each, the private one before all others. */
class HostEntriesTest {
    private static final Subnet SERVED = new Subnet(Ipv4Address.parse("10.15.3.0"), 24);
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address PRIVATE = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address INSIDE = Ipv4Address.parse("10.15.3.200");
    private static final Ipv4Address INSIDE_TOO = Ipv4Address.parse("10.15.3.201");
    private static final Ipv4Address OUTSIDE = Ipv4Address.parse("203.0.113.7");
    private static final VpsId VPS = VpsId.parse("vps-1");

    private final Ipam ipam = Ipam.open(
            new IpamSettings(
                    new AddressPool(new Ipv4Range(PRIVATE, Ipv4Address.parse("10.15.3.99")), Set.of()), Duration.ZERO),
            new NoStore(),
            Clock.systemUTC(),
            Executors.defaultThreadFactory());

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void aPublicAddressOutsideOfTheNetworkIsNoneOfItsBusiness() {
        assign(MAC, OUTSIDE);
        assertThat(entries()).isEmpty();
    }

    @Test
    void aNicWithoutAPrivateAddressGetsItsPublicOneAndItsVpsTheName() {
        assign(MAC, INSIDE);
        assertThat(entries()).containsExactly(new HostEntry(Optional.of(VPS.label()), INSIDE, Optional.of(MAC)));
    }

    @Test
    void aNicIsServedPubliclyByAnAddressOfTheNetworkAlone() {
        assign(MAC, OUTSIDE);
        assertThat(HostEntries.isServedPublicly(MAC, ipam.snapshot(), SERVED)).isFalse();
        assign(MAC, INSIDE);
        assertThat(HostEntries.isServedPublicly(MAC, ipam.snapshot(), SERVED)).isTrue();
        assertThat(HostEntries.isServedPublicly(OTHER_MAC, ipam.snapshot(), SERVED))
                .isFalse();
        allocate(MAC);
        assertThat(HostEntries.isServedPublicly(MAC, ipam.snapshot(), SERVED)).isFalse();
    }

    @Test
    void aNicWithAPrivateAddressKeepsIt() {
        assign(MAC, INSIDE);
        allocate(MAC);
        assertThat(entries()).containsExactly(new HostEntry(Optional.of(VPS.label()), PRIVATE, Optional.of(MAC)));
    }

    @Test
    void anotherNicOfTheVpsGetsThePublicAddressWithoutTheName() {
        allocate(MAC);
        assign(OTHER_MAC, INSIDE);
        assertThat(entries())
                .containsExactly(
                        new HostEntry(Optional.of(VPS.label()), PRIVATE, Optional.of(MAC)),
                        new HostEntry(Optional.empty(), INSIDE, Optional.of(OTHER_MAC)));
    }

    @Test
    void ofTwoPublicAddressesANicGetsTheLower() {
        assign(MAC, INSIDE_TOO);
        assign(MAC, INSIDE);
        assertThat(entries()).extracting(HostEntry::address).containsExactly(INSIDE);
    }

    private List<HostEntry> entries() {
        return HostEntries.of(ipam.snapshot(), SERVED);
    }

    private void allocate(MacAddress mac) {
        AllocateCommand command = new AllocateCommand(VPS, OrganizationId.UNKNOWN, Optional.of(mac), Optional.empty());
        done(ipam.submit(Caller.of("test"), command, Cancellation.NONE));
    }

    private void assign(MacAddress mac, Ipv4Address address) {
        AssignPublicCommand command = new AssignPublicCommand(VPS, OrganizationId.UNKNOWN, mac, address);
        done(ipam.submit(Caller.of("test"), command, Cancellation.NONE));
    }

    private static void done(CompletionStage<Outcome<Allocation>> answer) {
        assertThat(answer.toCompletableFuture().join()).isInstanceOf(Outcome.Done.class);
    }

    /** Forgets everything, which is well for as long as the process lives. */
    private static final class NoStore implements AllocationStore {
        @Override
        public StoredState load() {
            return Batches.stored(List.of(), List.of());
        }

        @Override
        public void commit(StoreBatch batch) {
            // Memory is enough.
        }

        @Override
        public boolean forgetEventsBefore(Instant end) {
            return false;
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
