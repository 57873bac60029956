package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.ip;
import static cloud.obiente.vpsgateway.sync.SyncFixture.mac;
import static cloud.obiente.vpsgateway.sync.SyncFixture.publicEntry;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.hostnet.segment.AddressUse.Fact;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What leases, ARP answers and time together say of a VPS. */
class UsageEvidenceTest {
    private static final Ipv4Address PUBLIC = ip("203.0.113.5");

    @TempDir
    Path directory;

    private final Map<Ipv4Address, ArpAnswer> answers = new HashMap<>();
    private SyncFixture gateway;
    private LeaseSnapshot leases = leases();
    private WatchTime watch;
    private UsageEvidence evidence;
    private Allocation a;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2), publicEntry("a", PUBLIC.toString(), 1));
        a = gateway.held("a");
        watch = new WatchTime(gateway.clock);
        evidence = WatchedEvidence.withArp(
                leaseEvidence(),
                new ArpEvidence(gateway::state, address -> Optional.ofNullable(answers.get(address))
                        .map(answer -> new Fact(answer, gateway.clock.instant()))),
                watch,
                gateway.rules);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void whoWasNeverAskedForMayBeThere() {
        watchedFor(GRACE);
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
        assertThat(evidence.isInUse(a)).isTrue();
        assertThat(evidence.isSeen(a)).isFalse();
    }

    @Test
    void silenceToAQuestionIsKnowledge() {
        watchedFor(GRACE);
        answers.put(a.address(), new ArpAnswer.Silent());
        assertThat(evidence.of(a)).isEqualTo(Usage.UNUSED);
        answers.put(a.address(), new ArpAnswer.Answered(mac(1)));
        assertThat(evidence.of(a)).isEqualTo(Usage.IN_USE);
        answers.put(a.address(), new ArpAnswer.Unknown("down"));
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
    }

    /** A VPS boots with another NIC than the one that was allocated for. */
    @Test
    void aMacThatIsNobodysMayBeTheVpss() {
        watchedFor(GRACE);
        answers.put(a.address(), new ArpAnswer.Answered(mac(77)));
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
        answers.put(a.address(), new ArpAnswer.Answered(mac(2)));
        assertThat(evidence.of(a)).isEqualTo(Usage.UNUSED);
    }

    @Test
    void aVpsUsesItsPublicAddressAsLongAsItsPrivateOne() {
        watchedFor(GRACE);
        Allocation routed = gateway.state().at(PUBLIC).orElseThrow();
        assertThat(evidence.of(routed)).isEqualTo(Usage.UNKNOWN);
        answers.put(a.address(), new ArpAnswer.Answered(mac(1)));
        assertThat(evidence.of(routed)).isEqualTo(Usage.IN_USE);
        answers.put(a.address(), new ArpAnswer.Silent());
        assertThat(evidence.of(routed)).isEqualTo(Usage.UNUSED);
    }

    @Test
    void aLeaseIsEnough() {
        leases = leases(new Lease(
                mac(1),
                a.address(),
                Optional.empty(),
                Optional.of(gateway.clock.instant().plusSeconds(60))));
        assertThat(evidence.of(a)).isEqualTo(Usage.IN_USE);
    }

    @Test
    void leasesThatAreNotReadSayNothing() {
        leases = LeaseSnapshot.UNREAD;
        watchedFor(GRACE);
        answers.put(a.address(), new ArpAnswer.Silent());
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
        assertThat(evidence.isSeen(a)).isFalse();
    }

    @Test
    void nobodyIsGoneBeforeTheGatewayHasWatchedForTheGrace() {
        answers.put(a.address(), new ArpAnswer.Silent());
        watchedFor(GRACE.minusSeconds(1));
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
        watchedFor(Duration.ofSeconds(1));
        assertThat(evidence.of(a)).isEqualTo(Usage.UNUSED);
    }

    /** The clock was set, the host was suspended, or dnsmasq did not run. */
    @Test
    void timeThatNobodyHasWatchedDoesNotCount() {
        answers.put(a.address(), new ArpAnswer.Silent());
        watchedFor(GRACE);
        gateway.clock.advance(WatchTime.MAX_GAP.plusSeconds(1));
        assertThat(evidence.of(a)).as("before the next beat").isEqualTo(Usage.UNKNOWN);
        watch.beat();
        assertThat(evidence.of(a)).isEqualTo(Usage.UNKNOWN);
        watchedFor(GRACE);
        assertThat(evidence.of(a)).isEqualTo(Usage.UNUSED);
        gateway.clock.advance(Duration.ofHours(-1));
        assertThat(evidence.of(a)).as("back again").isEqualTo(Usage.UNKNOWN);
    }

    @Test
    void withoutArpASightingIsRememberedForTheGraceAndEverybodyHasHadToRenew() {
        Duration leaseTime = Duration.ofHours(2);
        UsageEvidence blind = WatchedEvidence.withoutArp(
                leaseEvidence(),
                new SightingEvidence(gateway::state, GRACE, gateway.clock),
                watch,
                gateway.rules,
                leaseTime);
        watchedFor(leaseTime.minusSeconds(1));
        assertThat(blind.of(a)).isEqualTo(Usage.UNKNOWN);
        watchedFor(Duration.ofSeconds(1));
        assertThat(blind.of(a)).isEqualTo(Usage.UNUSED);

        gateway.inUse.add(a.vps());
        gateway.see(a);
        watchedFor(LastSeenRecorder.RESOLUTION.plus(GRACE).minusSeconds(1));
        assertThat(blind.of(a)).isEqualTo(Usage.UNKNOWN);
        watchedFor(Duration.ofSeconds(1));
        assertThat(blind.of(a)).isEqualTo(Usage.UNUSED);
    }

    private LeaseEvidence leaseEvidence() {
        return new LeaseEvidence(gateway::state, () -> leases, gateway.clock);
    }

    private void watchedFor(Duration span) {
        Instant end = gateway.clock.instant().plus(span);
        for (Duration left = span; !left.isZero(); left = Duration.between(gateway.clock.instant(), end)) {
            watch.beat();
            gateway.clock.advance(left.compareTo(WatchTime.MAX_GAP) < 0 ? left : WatchTime.MAX_GAP);
        }
        watch.beat();
    }

    private static LeaseSnapshot leases(Lease... live) {
        return new LeaseSnapshot(List.of(live), List.of(), Instant.EPOCH.plusSeconds(1));
    }
}
