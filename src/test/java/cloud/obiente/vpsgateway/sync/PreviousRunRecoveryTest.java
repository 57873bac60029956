package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.ip;
import static cloud.obiente.vpsgateway.sync.SyncFixture.mac;
import static cloud.obiente.vpsgateway.sync.SyncFixture.vps;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.dnsmasq.HostEntry;
import cloud.obiente.vpsgateway.dnsmasq.PreviousRunFiles;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that knows less than the files of an earlier run. */
class PreviousRunRecoveryTest {
    @TempDir
    Path directory;

    private SyncFixture gateway;
    private final List<HostEntry> names = new ArrayList<>();
    private final List<Lease> leases = new ArrayList<>();
    private Instant written = Instant.MAX;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aVpsThatTheFilesNameKeepsAddressAndMac() {
        named("a", "10.0.0.11");
        leased(1, "10.0.0.11");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(1, 0, 0));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
        assertThat(gateway.state().facts(gateway.held("a")).origin()).isEqualTo(AllocationFacts.Origin.IMPORTED);
    }

    @Test
    void whatWasImportedIsReportedAndNotReleasedByTheNextLists() {
        named("a", "10.0.0.11");
        leased(1, "10.0.0.11");
        recall();
        gateway.inUse.add(vps("a"));
        for (int i = 0; i < 3; i++) {
            SyncReport report = gateway.listForGrace(entry("b", "10.0.0.12", 2));
            assertThat(report.removed()).isZero();
            assertThat(report.discovered()).contains(gateway.held("a"));
        }
    }

    @Test
    void aLeaseThatNobodyCanNameIsNobodyElses() {
        leased(1, "10.0.0.10");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 0, 1));
        assertThat(gateway.state().nicOf(ip("10.0.0.10"))).contains(mac(1));
        assertThat(gateway.allocate("b", 2).address()).hasToString("10.0.0.11");
        assertThat(gateway.state().poolAvailable()).isEqualTo(gateway.state().poolSize() - 2);
        gateway.restart();
        assertThat(gateway.state().nicOf(ip("10.0.0.10"))).contains(mac(1));
    }

    @Test
    void aListThatNamesTheAddressNamesItsVpsWithTheNicThatLeasesIt() {
        leased(1, "10.0.0.10");
        recall();
        gateway.list(entry("a", "10.0.0.10", 9));
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
        assertThat(gateway.state().unclaimed()).isEmpty();
    }

    @Test
    void aCallWithItsMacGetsTheAddressThatItLeases() {
        leased(1, "10.0.0.15");
        recall();
        gateway.leased.put(mac(1), ip("10.0.0.15"));
        assertThat(gateway.allocate("a", 1).address()).hasToString("10.0.0.15");
    }

    @Test
    void theVpsThatTheApiNamesGetsTheAddress() {
        leased(1, "10.0.0.10");
        recall();
        claim(new MacAnswer.Found(vps("a"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.10");
        assertThat(gateway.state().facts(gateway.held("a")).origin()).isEqualTo(AllocationFacts.Origin.ADOPTED);
        assertThat(gateway.state().unclaimed()).isEmpty();
    }

    @Test
    void aVpsThatAnOlderStoreHasElsewhereFollowsItsNic() {
        gateway.allocate("a", 9);
        leased(1, "10.0.0.15");
        recall();
        claim(new MacAnswer.Found(vps("a"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.15");
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
    }

    @Test
    void aVpsThatUsesAnotherAddressKeepsThat() {
        gateway.allocate("a", 9);
        gateway.inUse.add(vps("a"));
        leased(1, "10.0.0.15");
        recall();
        claim(new MacAnswer.Found(vps("a"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.10");
        assertThat(gateway.state().unclaimed()).hasSize(1);
    }

    @Test
    void aLeaseEndsWhenTheApiHasSaidTwiceThatItDoesNotKnowTheMac() {
        leased(1, "10.0.0.10");
        recall();
        claim(new MacAnswer.NotFound());
        gateway.clock.advance(GRACE.minus(Duration.ofMinutes(1)));
        claim(new MacAnswer.NotFound());
        assertThat(gateway.state().unclaimed()).hasSize(1);
        gateway.clock.advance(Duration.ofMinutes(1));
        claim(new MacAnswer.NotFound());
        assertThat(gateway.state().unclaimed()).isEmpty();
    }

    @Test
    void aLeaseGoesOnForAsLongAsNobodyAnswers() {
        leased(1, "10.0.0.10");
        recall();
        for (int i = 0; i < 10; i++) {
            claim(new MacAnswer.Unavailable());
            gateway.clock.advance(GRACE);
        }
        assertThat(gateway.state().unclaimed()).hasSize(1);
    }

    @Test
    void whatWasReleasedIsNotBroughtBack() {
        gateway.allocate("a", 1);
        gateway.release("a");
        named("a", "10.0.0.10");
        leased(1, "10.0.0.10");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 0, 0));
    }

    @Test
    void aMacThatWasReplacedIsNotBroughtBack() {
        gateway.allocate("a", 1);
        gateway.rebind("a", 2);
        leased(1, "10.0.0.10");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 0, 0));
        assertThat(gateway.macOf("a")).isEqualTo(mac(2).toString());
    }

    @Test
    void aStoreFromBeforeARebindLearnsOfItFromTheLease() {
        gateway.allocate("a", 1);
        leased(2, "10.0.0.10");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 1, 0));
        assertThat(gateway.macOf("a")).isEqualTo(mac(2).toString());
    }

    /** A restored backup: the address went from b to c after it was made. */
    @Test
    void aVpsThatGotTheAddressAfterTheStoreWasMadeKeepsIt() {
        gateway.allocate("b", 2);
        named("c", "10.0.0.10");
        leased(3, "10.0.0.10");
        recall();
        assertThat(gateway.addressOf("c")).isEqualTo("10.0.0.10");
        assertThat(gateway.macOf("c")).isEqualTo(mac(3).toString());
        assertThat(gateway.state().privateOf(vps("b"))).isEmpty();
    }

    @Test
    void vpsesThatHaveExchangedTheirAddressesSinceKeepThem() {
        gateway.allocate("a", 1);
        gateway.allocate("b", 2);
        named("a", "10.0.0.11");
        named("b", "10.0.0.10");
        leased(1, "10.0.0.11");
        leased(2, "10.0.0.10");
        recall();
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.10");
    }

    /** A crash between commit and files: the store is the newer one. */
    @Test
    void filesFromBeforeTheLastCommitTakeNothingBack() {
        named("b", "10.0.0.10");
        leased(2, "10.0.0.10");
        written = gateway.clock.instant();
        gateway.clock.advance(Duration.ofSeconds(1));
        gateway.allocate("d", 4);
        recall();
        assertThat(gateway.addressOf("d")).isEqualTo("10.0.0.10");
        assertThat(gateway.macOf("d")).isEqualTo(mac(4).toString());
    }

    /** The API's table keeps the rows of VPSs that are gone, and addresses in it are not unique. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStaleRowOfTheSameAddressTakesNothing(boolean staleFirst) {
        leased(1, "10.0.0.10");
        recall();
        DesiredAllocation stale = entry("dead", "10.0.0.10", 9);
        DesiredAllocation living = entry("a", "10.0.0.10", 1);
        gateway.list(staleFirst ? stale : living, staleFirst ? living : stale);
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.10");
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
        assertThat(gateway.state().privateOf(vps("dead"))).isEmpty();
    }

    @Test
    void anAddressThatIsListedForTwoVpsesWaitsForTheApisAnswer() {
        leased(1, "10.0.0.10");
        recall();
        gateway.list(entry("dead", "10.0.0.10", 9), entry("a", "10.0.0.10", 8));
        assertThat(gateway.state().nicOf(ip("10.0.0.10"))).contains(mac(1));
        assertThat(gateway.state().unclaimed()).hasSize(1);
        claim(new MacAnswer.Found(vps("a"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.10");
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
    }

    @Test
    void anEntryWhoseNicIsListedForAnotherVpsDoesNotTakeIt() {
        leased(1, "10.0.0.10");
        recall();
        SyncReport report = gateway.list(entry("dead", "10.0.0.10", 9), entry("a", "10.0.0.40", 1));
        assertThat(report.rejected()).singleElement().satisfies(rejected -> assertThat(rejected.why())
                .contains("10.0.0.10 is leased to " + mac(1)));
        assertThat(gateway.macOf("a")).isEqualTo(mac(1).toString());
    }

    /** The other database's answer says nothing about the VPSs of one that is away. */
    @Test
    void aLeaseGoesOnWhileAnApiThatMayKnowItIsAway() {
        gateway.list(SyncFixture.BETA, entry("b", "10.0.0.40", 7));
        gateway.list(entry("p", "10.0.0.41", 8));
        leased(1, "10.0.0.10");
        recall();
        for (int i = 0; i < 4; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(SyncFixture.BETA, entry("b", "10.0.0.40", 7));
            claim(new MacAnswer.NotFound());
        }
        assertThat(gateway.state().unclaimed()).hasSize(1);
    }

    @Test
    void aCallDoesNotTakeALeaseThatWaits() {
        leased(1, "10.0.0.10");
        recall();
        assertThat(gateway.tryBind("b", 2, "10.0.0.10")).isInstanceOf(Outcome.Refused.class);
        assertThat(gateway.state().nicOf(ip("10.0.0.10"))).contains(mac(1));
        assertThat(gateway.bind("a", 1, "10.0.0.10").mac()).contains(mac(1));
    }

    @Test
    void expiredLeasesDynamicAddressesAndOtherNetworksSayNothing() {
        leases.add(new Lease(
                mac(1),
                ip("10.0.0.10"),
                Optional.empty(),
                Optional.of(gateway.clock.instant().minusSeconds(1))));
        leased(2, "10.0.0.190");
        leased(3, "192.168.0.10");
        named("a", "192.168.0.11");
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 0, 0));
    }

    @Test
    void aSecondStartFindsNothingNew() {
        named("a", "10.0.0.11");
        leased(1, "10.0.0.11");
        leased(2, "10.0.0.12");
        recall();
        assertThat(recall()).isEqualTo(new PreviousRunRecovery.Recalled(0, 0, 0));
    }

    private PreviousRunRecovery.Recalled recall() {
        return SyncFixture.done(gateway.submit(
                Action.IMPORT,
                new PreviousRunRecovery(
                        new PreviousRunFiles(names, leases, written),
                        address -> address.compareTo(ip("10.0.0.180")) >= 0)));
    }

    private Outcome<Optional<Allocation>> claim(MacAnswer answer) {
        return gateway.submit(
                Action.ADOPT,
                new LeaseClaim(gateway.state().unclaimed().get(0), answer, SyncRules.of(GRACE), gateway.signs()));
    }

    private void named(String vps, String address) {
        names.add(new HostEntry(Optional.of(vps(vps).label()), ip(address), Optional.empty()));
    }

    private void leased(int mac, String address) {
        leases.add(new Lease(
                mac(mac),
                ip(address),
                Optional.empty(),
                Optional.of(gateway.clock.instant().plus(Duration.ofHours(1)))));
    }
}
