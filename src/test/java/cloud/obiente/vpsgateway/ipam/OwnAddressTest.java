package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.address;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.answer;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Addresses of the pool that turn out to be this host's own. */
class OwnAddressTest {
    @TempDir
    Path directory;

    @TempDir
    Path another;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.10", "10.0.0.13", "10.0.0.10"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void isNeverGivenNotEvenToWhoNamesIt() {
        learn("10.0.0.11");
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo("10.0.0.12");
        assertThat(refusal(ipam.allocate("vps-2", "", "", "10.0.0.11")).reason())
                .isEqualTo(RefusalReason.ADDRESS_RESERVED);
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.0.11")).reason()).isEqualTo(RefusalReason.ADDRESS_RESERVED);
        assertThat(ipam.snapshot().poolSize()).isEqualTo(2);
        assertThat(ipam.snapshot().poolAvailable()).isEqualTo(1);
    }

    @Test
    void itsHolderMovesAndKeepsEverythingElse() {
        Allocation before = done(ipam.allocate("vps-1", "org-1", mac(1), ""));
        ipam.allocate("vps-2");

        OwnAddressReport report = learn("10.0.0.11");

        Allocation after = ipam.snapshot().privateOf(before.vps()).orElseThrow();
        assertThat(report.moved()).containsExactly(new AllocationChange(Optional.of(before), Optional.of(after)));
        assertThat(after.address()).isEqualTo(ip("10.0.0.13"));
        assertThat(after.mac()).isEqualTo(before.mac());
        assertThat(after.organization()).isEqualTo(before.organization());
        assertThat(ipam.addressOf("vps-2")).isEqualTo("10.0.0.12");
        assertThat(ipam.snapshot().at(ip("10.0.0.11"))).isEmpty();
        assertThat(ipam.snapshot().poolAvailable()).isZero();
        assertThat(ipam.reopened().addressOf("vps-1")).as("durable").isEqualTo("10.0.0.13");
    }

    @Test
    void whomNoAddressIsLeftForStaysUntilOneIs() {
        for (String vps : new String[] {"vps-1", "vps-2", "vps-3"}) {
            ipam.allocate(vps);
        }
        assertThat(learn("10.0.0.11").stranded())
                .extracting(allocation -> allocation.vps().toString())
                .containsExactly("vps-1");
        assertThat(ipam.addressOf("vps-1")).isEqualTo("10.0.0.11");

        ipam.release("vps-3", "");
        assertThat(learn("10.0.0.11").moved()).hasSize(1);
        assertThat(ipam.addressOf("vps-1")).isEqualTo("10.0.0.13");
    }

    @Test
    void whatTheHostHasNoMoreIsGivenAgain() {
        learn("10.0.0.11", "10.0.0.12");
        assertThat(address(ipam.allocate("vps-1"))).isEqualTo("10.0.0.13");
        learn("10.0.0.9");
        assertThat(address(ipam.allocate("vps-2"))).isEqualTo("10.0.0.11");
        assertThat(address(ipam.allocate("vps-3"))).isEqualTo("10.0.0.12");
    }

    @Test
    void whatWasReleasedKeepsItsPlaceInTheQueue() {
        for (String vps : new String[] {"vps-1", "vps-2", "vps-3"}) {
            ipam.allocate(vps);
        }
        ipam.release("vps-2", "");
        ipam.release("vps-1", "");
        learn("10.0.0.9");
        assertThat(ipam.snapshot().quarantined(ipam.clock.instant())).isEqualTo(2);
        assertThat(address(ipam.allocate("vps-4"))).isEqualTo("10.0.0.12");
    }

    @Test
    void severalMoveAtOnceToDifferentAddresses() {
        ipam.close();
        ipam = new IpamFixture(another, pool("10.0.0.10", "10.0.0.19"));
        ipam.allocate("vps-1");
        ipam.allocate("vps-2");
        assertThat(learn("10.0.0.10", "10.0.0.11", "10.0.0.12").moved()).hasSize(2);
        assertThat(Stream.of("vps-1", "vps-2").map(ipam::addressOf)).containsExactly("10.0.0.13", "10.0.0.14");
    }

    @Test
    void aRepeatChangesNothing() {
        ipam.allocate("vps-1");
        learn("10.0.0.11");
        int commits = ipam.store().commits().size();
        assertThat(learn("10.0.0.11")).isEqualTo(new OwnAddressReport(List.of(), List.of()));
        assertThat(ipam.store().commits()).hasSize(commits);
    }

    private OwnAddressReport learn(String... own) {
        Set<Ipv4Address> addresses = Stream.of(own).map(IpamFixture::ip).collect(Collectors.toSet());
        return done(answer(
                ipam.ipam().submit(IpamFixture.CALLER, new LearnOwnAddressesCommand(addresses), Cancellation.NONE)));
    }
}
