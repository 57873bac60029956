package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real dnsmasq, real DHCP client, real packets. */
class LeaseReleaserIT {
    private static final String A = "02:00:00:00:00:0a";
    private static final String B = "02:00:00:00:00:0b";
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.15.77.20");
    private static final Ipv4Address OTHER = Ipv4Address.parse("10.15.77.21");

    @TempDir
    Path state;

    private final Map<Ipv4Address, MacAddress> entitled = new ConcurrentHashMap<>();
    private final HeardEvents events = new HeardEvents();
    private final Vertx vertx = Vertx.vertx();
    private DnsmasqSegment segment;
    private LeaseFile file;
    private LeaseReleaser releaser;

    @BeforeEach
    void startSegment() throws Exception {
        assumeTrue(DnsmasqSegment.isPossible(), "needs root in a network namespace without default route");
        segment = new DnsmasqSegment(state);
        file = new LeaseFile(segment.leaseFile(), Clock.systemUTC(), segment.writerIdle(vertx));
    }

    @AfterEach
    void stopSegment() throws Exception {
        if (releaser != null) {
            releaser.close();
        }
        if (segment != null) {
            segment.close();
        }
        vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    @Test
    void addressMovesBetweenTwoNicsAsOftenAsOneLikes() throws Exception {
        startEnder("10.15.77.1");
        for (int round = 0; round < 5; round++) {
            String mac = round % 2 == 0 ? A : B;
            entitled.put(ADDRESS, MacAddress.parse(mac));
            segment.reserve(mac + ",id:*,10.15.77.20,vps-1,1h");

            assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());
            segment.boot(mac);

            assertThat(leases()).extracting(Lease::mac).containsExactly(MacAddress.parse(mac));
        }
        assertThat(events.ended()).hasSize(4);
    }

    @Test
    void dnsmasqProvesThatTheFileIsWhole() throws Exception {
        segment.reserve(A + ",id:*,10.15.77.20,vps-1,1h");
        segment.boot(A);

        WriterIdleCheck dnsmasq = segment.writerIdle(vertx);

        await().until(() -> dnsmasq.check() == WriterIdleCheck.Verdict.IDLE);
        assertThat(leases()).extracting(Lease::address).containsExactly(ADDRESS);
    }

    @Test
    void serverIsFoundAmongTheAddressesOfItsInterface() throws Exception {
        startEnder("10.15.77.2", "10.15.77.1");
        segment.reserve(A + ",id:*,10.15.77.20,vps-1,1h");
        segment.boot(A);

        assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(leases()).isEmpty();
    }

    @Test
    void releaseToALoopbackAddressIsNotTakenForDone() throws Exception {
        startEnder("127.0.0.1");
        segment.reserve(A + ",id:*,10.15.77.20,vps-1,1h");
        segment.boot(A);

        ReleaseResult result = end(ADDRESS);

        List<Lease> still = leases();
        assertThat(still).hasSize(1);
        assertThat(result).isInstanceOfSatisfying(ReleaseResult.Unconfirmed.class, unverified -> assertThat(
                        unverified.stillThere())
                .isEqualTo(still));
    }

    @Test
    void leasesOfOneNicUnderTwoIdentifiersAreToldApart() throws Exception {
        startEnder("10.15.77.1");
        segment.reserve(A + ",10.15.77.20,vps-1,1h");
        segment.boot(A, "-x", "0x3d:76707301");
        segment.reserve(A + ",10.15.77.21,vps-1,1h");
        segment.boot(A, "-x", "0x3d:76707302");
        entitled.put(OTHER, MacAddress.parse(A));
        assertThat(leases()).extracting(Lease::address).containsExactly(OTHER, ADDRESS);

        assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());

        assertThat(leases()).extracting(Lease::address).containsExactly(OTHER);
    }

    private void startEnder(String... servers) {
        List<Ipv4Address> candidates =
                Arrays.stream(servers).map(Ipv4Address::parse).toList();
        releaser = LeaseReleaser.start(
                file,
                address -> Optional.ofNullable(entitled.get(address)),
                new UdpReleaseSender(() -> candidates, () -> 1),
                events,
                Clock.systemUTC(),
                LeaseReleaser.Timing.DEFAULT,
                Thread::new);
    }

    private ReleaseResult end(Ipv4Address address) throws Exception {
        return releaser.release(Set.of(address)).toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private List<Lease> leases() throws IOException {
        return file.readStable(Duration.ofSeconds(2)).leases();
    }
}
