package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeaseReleaserTest {
    /** A clock that is ahead of the file system's: no file is too young to be read. */
    private static final Clock CLOCK = Clock.offset(Clock.systemUTC(), Duration.ofHours(1));

    private static final LeaseReleaser.Timing PATIENT =
            new LeaseReleaser.Timing(Duration.ofSeconds(30), Duration.ofMillis(150), Duration.ofMillis(2));
    private static final LeaseReleaser.Timing HASTY =
            new LeaseReleaser.Timing(Duration.ofMillis(2000), Duration.ofMillis(150), Duration.ofMillis(2));
    private static final MacAddress OLD = MacAddress.parse("02:00:00:00:00:0a");
    private static final MacAddress NEW = MacAddress.parse("02:00:00:00:00:0b");
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address OTHER = Ipv4Address.parse("10.15.3.21");

    @TempDir
    Path directory;

    private final Map<Ipv4Address, MacAddress> entitled = new ConcurrentHashMap<>();
    private final HeardEvents events = new HeardEvents();
    private Path path;
    private SpareDnsmasq dnsmasq;
    private LeaseReleaser releaser;

    @BeforeEach
    void holdOneLeaseThatStays() {
        path = directory.resolve("dnsmasq.leases");
        dnsmasq = new SpareDnsmasq(path);
        dnsmasq.hold(lease(NEW, OTHER));
        entitled.put(OTHER, NEW);
    }

    @AfterEach
    void close() {
        if (releaser != null) {
            releaser.close();
        }
    }

    @Test
    void addressWithoutLeaseIsVerifiedWithoutARelease() throws Exception {
        start(PATIENT);

        assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.heard()).isEmpty();
    }

    @Test
    void leaseOfTheEntitledNicStays() throws Exception {
        start(PATIENT);

        assertThat(end(OTHER)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.heard()).isEmpty();
    }

    @Test
    void leaseOfAnotherNicIsEnded() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        entitled.put(ADDRESS, NEW);
        start(PATIENT);

        assertThat(end(ADDRESS, OTHER)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.leases()).containsExactly(lease(NEW, OTHER));
        assertThat(events.ended()).containsExactly(lease(OLD, ADDRESS));
    }

    @Test
    void leaseThatNobodyAskedToEndStays() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        start(PATIENT);

        assertThat(end(OTHER)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.heard()).isEmpty();
    }

    @Test
    void expiredLeaseNeedsNoRelease() throws Exception {
        dnsmasq.hold(new Lease(
                OLD,
                ADDRESS,
                Optional.empty(),
                Optional.of(seconds(CLOCK.instant()).minusSeconds(1))));
        start(PATIENT);

        assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.heard()).isEmpty();
    }

    @Test
    void lostReleaseIsRepeated() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        dnsmasq.loseReleases(2);
        start(PATIENT);

        assertThat(end(ADDRESS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.heard()).hasSize(3);
    }

    @Test
    void leaseThatStaysIsReportedAtTheDeadline() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        dnsmasq.loseReleases(Integer.MAX_VALUE);
        start(HASTY);

        ReleaseResult result = end(ADDRESS);

        assertThat(result).isInstanceOfSatisfying(ReleaseResult.Unconfirmed.class, unverified -> {
            assertThat(unverified.stillThere()).containsExactly(lease(OLD, ADDRESS));
            assertThat(unverified.why()).isEqualTo("dnsmasq still holds 1 of the leases after 2000 ms");
        });
        assertThat(events.unverified()).singleElement().isEqualTo(result);
        assertThat(events.ended()).isEmpty();
    }

    @Test
    void releaseThatCannotBeSentIsNamedAsTheReason() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        releaser = start(HASTY, this::entitledAt, lease -> {
            throw new IOException("network is down");
        });

        assertThat(end(ADDRESS))
                .isInstanceOfSatisfying(ReleaseResult.Unconfirmed.class, unverified -> assertThat(unverified.why())
                        .endsWith("(network is down)"));
    }

    @Test
    void unreadableLeaseFileProvesNothing() throws Exception {
        Files.delete(path);
        Files.createDirectory(path);
        start(HASTY);

        assertThat(end(ADDRESS)).isInstanceOfSatisfying(ReleaseResult.Unconfirmed.class, unverified -> {
            assertThat(unverified.stillThere()).isEmpty();
            assertThat(unverified.why()).startsWith("the lease file was not seen whole");
        });
    }

    @Test
    void manyCallersShareReleasesAndAllAreAnswered() throws Exception {
        Lease[] leases = IntStream.range(0, 64)
                .mapToObj(i -> lease(
                        new MacAddress(0x020000000100L + i),
                        Ipv4Address.parse("10.15.4.0").plus(i)))
                .toArray(Lease[]::new);
        dnsmasq.hold(leases);
        start(PATIENT);

        List<CompletableFuture<ReleaseResult>> endings = IntStream.range(0, 640)
                .mapToObj(i -> Background.supply("caller", () -> releaser.release(Set.of(leases[i % 64].address())))
                        .thenCompose(result -> result))
                .toList();

        for (CompletableFuture<ReleaseResult> result : endings) {
            assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(new ReleaseResult.Confirmed());
        }
        assertThat(dnsmasq.leases()).containsExactly(lease(NEW, OTHER));
        assertThat(dnsmasq.heard()).doesNotHaveDuplicates();
        assertThat(events.ended()).containsExactlyInAnyOrder(leases);
    }

    @Test
    void requestIsJudgedByTheEntitlementOfTheMoment() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        dnsmasq.loseReleases(Integer.MAX_VALUE);
        start(PATIENT);

        CompletableFuture<ReleaseResult> result =
                releaser.release(Set.of(ADDRESS)).toCompletableFuture();
        Awaitility.await().until(() -> !dnsmasq.heard().isEmpty());
        entitled.put(ADDRESS, OLD);

        assertThat(result.get(60, TimeUnit.SECONDS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThat(dnsmasq.leases()).contains(lease(OLD, ADDRESS));
    }

    @Test
    void faultOfTheEntitlementReachesTheCallerAndNobodyElse() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        LeaseEntitlement faulty = address -> {
            if (address.equals(ADDRESS)) {
                throw new IllegalStateException("no view");
            }
            return entitledAt(address);
        };
        releaser = start(PATIENT, faulty, dnsmasq);

        CompletableFuture<ReleaseResult> failing =
                releaser.release(Set.of(ADDRESS)).toCompletableFuture();
        CompletableFuture<ReleaseResult> other = releaser.release(Set.of(OTHER)).toCompletableFuture();

        assertThat(other.get(60, TimeUnit.SECONDS)).isEqualTo(new ReleaseResult.Confirmed());
        assertThatThrownBy(() -> failing.get(60, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no view");
    }

    @Test
    void closingAnswersWhatIsPending() throws Exception {
        dnsmasq.hold(lease(OLD, ADDRESS));
        dnsmasq.loseReleases(Integer.MAX_VALUE);
        start(PATIENT);
        CompletableFuture<ReleaseResult> pending =
                releaser.release(Set.of(ADDRESS)).toCompletableFuture();
        Awaitility.await().until(() -> !dnsmasq.heard().isEmpty());

        releaser.close();

        assertThat(pending.get(60, TimeUnit.SECONDS))
                .isEqualTo(new ReleaseResult.Unconfirmed(List.of(lease(OLD, ADDRESS)), "the gateway is stopping"));
        assertThat(end(ADDRESS)).isInstanceOf(ReleaseResult.Unconfirmed.class);
    }

    @Test
    void contradictionsAreTheLiveLeasesInWrongHands() throws IOException {
        dnsmasq.hold(lease(OLD, ADDRESS));
        entitled.put(ADDRESS, NEW);
        LeaseEntitlement entitlement = this::entitledAt;
        LeaseSnapshot snapshot = new LeaseFile(path, CLOCK, dnsmasq).readStable(Duration.ofSeconds(1));

        assertThat(entitlement.violations(snapshot, CLOCK.instant())).containsExactly(lease(OLD, ADDRESS));
        assertThat(entitlement.violations(snapshot, FAR_OFF.plusSeconds(1))).isEmpty();
    }

    private ReleaseResult end(Ipv4Address... addresses) throws Exception {
        return releaser.release(Set.of(addresses)).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void start(LeaseReleaser.Timing timing) {
        releaser = start(timing, this::entitledAt, dnsmasq);
    }

    private LeaseReleaser start(LeaseReleaser.Timing timing, LeaseEntitlement entitlement, ReleaseSender sender) {
        return LeaseReleaser.start(
                new LeaseFile(path, CLOCK, dnsmasq), entitlement, sender, events, CLOCK, timing, Thread::new);
    }

    private Optional<MacAddress> entitledAt(Ipv4Address address) {
        return Optional.ofNullable(entitled.get(address));
    }

    private static final Instant FAR_OFF = Instant.parse("2100-01-01T00:00:00Z");

    private static Lease lease(MacAddress mac, Ipv4Address address) {
        return new Lease(mac, address, Optional.empty(), Optional.of(FAR_OFF));
    }

    private static Instant seconds(Instant instant) {
        return Instant.ofEpochSecond(instant.getEpochSecond());
    }
}
