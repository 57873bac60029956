package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.API;
import static cloud.obiente.vpsgateway.sync.SyncFixture.BETA;
import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.done;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.publicEntry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.vps;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lists may do by leaving something out. */
class AbsenceTest {
    private static final ListSource SECOND = new ListSource("api-2", "node-1");
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @TempDir
    Path directory;

    private SyncFixture gateway;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aVpsThatAllListsLeaveOutForTheGraceIsReleased() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        gateway.clock.advance(GRACE.minus(MINUTE));
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        gateway.clock.advance(MINUTE);
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isEqualTo(1);
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    @Test
    void oneListIsNotEnoughHoweverLateItComes() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE.multipliedBy(10));
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
    }

    @Test
    void aListInBetweenThatNamesItBeginsTheGraceAnew() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void theGraceGoesOnOverARestart() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.restart();
        gateway.clock.advance(GRACE);
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isEqualTo(1);
    }

    @Test
    void whatACallHasGivenIsKeptForTheGraceAndReported() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.allocate("new", 2);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE.minus(MINUTE));
        SyncReport report = gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(report.removed()).isZero();
        assertThat(report.discovered())
                .extracting(held -> held.vps().toString())
                .containsExactly("new");
    }

    @Test
    void aRepeatedCallBeginsTheGraceAnew() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.allocate("new", 2);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE.minus(MINUTE));
        gateway.allocate("new", 2);
        gateway.clock.advance(MINUTE.multipliedBy(2));
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        assertThat(gateway.addressOf("new")).isNotEqualTo("none");
    }

    @Test
    void whatNoListEverNamesIsReleasedAfterTheGrace() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.allocate("failed", 2);
        gateway.clock.advance(GRACE);
        assertThat(gateway.listForGrace(entry("a", "10.0.0.11", 1)).removed()).isEqualTo(1);
    }

    @Test
    void aVpsThatIsInUseIsNotReleasedBySilence() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.inUse.add(vps("b"));
        gateway.clock.advance(GRACE);
        for (int i = 0; i < 5; i++) {
            assertThat(gateway.listForGrace(entry("a", "10.0.0.11", 1)).removed())
                    .isZero();
        }
    }

    @Test
    void aVpsThatThePublicEntryNamesKeepsItsPrivateAddress() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        SyncReport report = gateway.listForGrace(entry("a", "10.0.0.11", 1), publicEntry("b", "203.0.113.5", 2));
        assertThat(report.removed()).isZero();
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
        assertThat(report.discovered()).isEmpty();
    }

    @Test
    void aVpsThatThePrivateEntryNamesKeepsItsPublicAddress() {
        gateway.list(
                entry("a", "10.0.0.11", 1), publicEntry("b", "203.0.113.5", 2), publicEntry("c", "203.0.113.6", 3));
        gateway.clock.advance(GRACE);
        gateway.listForGrace(
                entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2), publicEntry("c", "203.0.113.6", 3));
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("b");
    }

    @Test
    void aListWithoutPrivateEntriesSaysNothingAboutPrivateAddresses() {
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("b", "203.0.113.5", 2));
        gateway.clock.advance(GRACE);
        gateway.listForGrace(publicEntry("b", "203.0.113.5", 2));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void aListWithoutPublicEntriesSaysNothingAboutPublicAddresses() {
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("b", "203.0.113.5", 2));
        gateway.clock.advance(GRACE);
        gateway.listForGrace(entry("a", "10.0.0.11", 1));
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("b");
    }

    @Test
    void whatAnotherInstanceStillNamesIsNotReleased() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.list(SECOND, entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        gateway.listForGrace(entry("a", "10.0.0.11", 1));
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void twoDatabasesLiveSideBySide() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.list(BETA, entry("x", "10.0.0.21", 21), entry("y", "10.0.0.22", 22));
        for (int i = 0; i < 6; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
            gateway.list(BETA, entry("x", "10.0.0.21", 21), entry("y", "10.0.0.22", 22));
        }
        assertThat(gateway.state().all()).hasSize(4);
    }

    @Test
    void theOtherDatabaseReleasesNothingOfOneThatIsAwayForDays() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.list(BETA, entry("x", "10.0.0.21", 21));
        for (int i = 0; i < 24 * 8; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(BETA, entry("x", "10.0.0.21", 21));
        }
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void aNewInstanceSpeaksForOneThatDoesNotComeBack() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        for (int i = 1; i < 4 * 24; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(SECOND, entry("a", "10.0.0.11", 1));
            assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
        }
        gateway.clock.advance(GRACE);
        gateway.list(SECOND, entry("a", "10.0.0.11", 1));
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    @Test
    void anEmptyListReleasesNothingForADay() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        SyncReport report = gateway.listForGrace();
        assertThat(report.removed()).isZero();
        assertThat(report.discovered()).hasSize(2);
        assertThat(gateway.state().sources().get(API).implausibleSince()).isPresent();
        gateway.clock.advance(Duration.ofDays(1));
        assertThat(gateway.list().removed()).isEqualTo(2);
    }

    @Test
    void aListThatLeavesOutMoreThanThreeAndATenthIsNotBelieved() {
        gateway.list(vpses(1, 40));
        gateway.clock.advance(GRACE);
        assertThat(gateway.listForGrace(vpses(1, 35)).removed()).isZero();
        assertThat(gateway.list(vpses(1, 36)).removed()).isEqualTo(4);
        assertThat(gateway.state().sources().get(API).implausibleSince()).isEmpty();
    }

    @Test
    void theBrakeHoldsOverARestart() {
        gateway.list(vpses(1, 40));
        gateway.clock.advance(GRACE);
        gateway.list(vpses(1, 10));
        gateway.restart();
        gateway.clock.advance(GRACE);
        assertThat(gateway.list(vpses(1, 10)).removed()).isZero();
    }

    @Test
    void aRenamedNodeReleasesNobody() {
        gateway.list(vpses(1, 20));
        gateway.clock.advance(GRACE);
        ListSource renamed = new ListSource("api-1", "node-one");
        for (int i = 0; i < 10; i++) {
            gateway.list(renamed);
            gateway.clock.advance(GRACE);
        }
        assertThat(gateway.state().all()).hasSize(20);
    }

    @Test
    void whatTheApiAnswersForIsKeptAndReported() {
        Allocation kept = inUseAndLeftOut();
        judge(kept, new MacAnswer.Found(vps("b"), OrganizationId.UNKNOWN));
        SyncReport report = gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(report.removed()).isZero();
        assertThat(report.discovered()).containsExactly(kept);
    }

    @Test
    void whatTheApiNamesAsAnotherVpsIsReleased() {
        judge(inUseAndLeftOut(), new MacAnswer.Found(vps("other"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    @Test
    void whatTheApiDoesNotKnowTwiceIsReleased() {
        Allocation unknown = inUseAndLeftOut();
        judge(unknown, new MacAnswer.NotFound());
        gateway.clock.advance(GRACE.minus(MINUTE));
        judge(unknown, new MacAnswer.NotFound());
        gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
        gateway.restart();
        gateway.clock.advance(MINUTE);
        judge(unknown, new MacAnswer.NotFound());
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    /** Production is away, and beta says that it does not know the VPS: it never did. */
    @Test
    void whatAnotherApiDoesNotKnowIsKept() {
        ListSource beta = new ListSource("beta-1", "node-1");
        Allocation unknown = inUseAndLeftOut();
        for (int i = 0; i < 5; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(beta, entry("c", "10.0.0.13", 3));
            judge(unknown, new MacAnswer.NotFound());
        }
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void aListThatNamesItAgainTakesADenialBack() {
        Allocation unknown = inUseAndLeftOut();
        judge(unknown, new MacAnswer.NotFound());
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        judge(unknown, new MacAnswer.NotFound());
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void aVpsThatNoListHasNamedIsDeniedOnlyWhileAllApisAreHeardOf() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.list(BETA, entry("x", "10.0.0.21", 21));
        Allocation unlisted = gateway.allocate("new", 2);
        gateway.inUse.add(vps("new"));
        for (int i = 0; i < 4; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(entry("a", "10.0.0.11", 1));
            judge(unlisted, new MacAnswer.NotFound());
        }
        assertThat(gateway.addressOf("new")).isNotEqualTo("none");
        for (int i = 0; i < 3; i++) {
            gateway.clock.advance(GRACE);
            gateway.list(entry("a", "10.0.0.11", 1));
            gateway.list(BETA, entry("x", "10.0.0.21", 21));
            judge(unlisted, new MacAnswer.NotFound());
        }
        assertThat(gateway.addressOf("new")).isEqualTo("none");
    }

    @Test
    void noAnswerSaysNothing() {
        Allocation unanswered = inUseAndLeftOut();
        for (int i = 0; i < 5; i++) {
            judge(unanswered, new MacAnswer.Unavailable());
            gateway.clock.advance(GRACE);
        }
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void anAnswerAboutWhatHasChangedSinceSaysNothing() {
        Allocation before = inUseAndLeftOut();
        gateway.rebind("b", 22);
        judge(before, new MacAnswer.Found(vps("other"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    /** Names it again, by a list or by a call: the allocation is as it was, and the answer is late. */
    @Test
    void anAnswerThatComesAfterItWasNamedAgainTakesNothing() {
        Allocation listed = inUseAndLeftOut();
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        judge(listed, new MacAnswer.Found(vps("other"), OrganizationId.UNKNOWN));
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");

        gateway.listForGrace(entry("a", "10.0.0.11", 1));
        gateway.allocate("b", 2);
        judge(listed, new MacAnswer.Found(vps("other"), OrganizationId.UNKNOWN));
        judge(listed, new MacAnswer.NotFound());
        gateway.clock.advance(GRACE.dividedBy(2));
        judge(listed, new MacAnswer.NotFound());
        assertThat(gateway.state().facts(listed).deniedSince()).isEmpty();
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.12");
    }

    @Test
    void ofWhomNothingIsKnownNothingIsTakenAndTheApiIsAsked() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.unknown.add(vps("b"));
        gateway.clock.advance(GRACE);
        assertThat(gateway.listForGrace(entry("a", "10.0.0.11", 1)).removed()).isZero();
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        Allocation unknown = gateway.held("b");
        judge(unknown, new MacAnswer.NotFound());
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1));
        judge(unknown, new MacAnswer.NotFound());
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    /** While the gateway was away, leases ran out, and nobody could ask for a new one. */
    @Test
    void timeWithoutTheGatewayIsNoAbsence() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE);
        gateway.restart();
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        gateway.clock.advance(GRACE.minus(MINUTE));
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isZero();
        gateway.clock.advance(MINUTE);
        assertThat(gateway.list(entry("a", "10.0.0.11", 1)).removed()).isEqualTo(1);
    }

    /** Nor may the other database's list take the address meanwhile. */
    @Test
    void timeWithoutTheGatewayMovesNobody() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.list(BETA, entry("x", "10.0.0.21", 21));
        gateway.clock.advance(GRACE.multipliedBy(4));
        gateway.restart();
        SyncReport report = gateway.list(BETA, entry("x", "10.0.0.21", 21), entry("y", "10.0.0.11", 22));
        assertThat(report.rejected()).singleElement().asString().contains("a keeps 10.0.0.11");
        assertThat(gateway.holderOf("10.0.0.11")).isEqualTo("a");
    }

    @Test
    void onlyWhatIsInUseAndLeftOutForTheGraceIsAskedAbout() {
        Allocation asked = inUseAndLeftOut();
        AllocationStanding standing = new AllocationStanding(
                gateway.state(), Map.of(), gateway.state().sources(), gateway.rules, gateway.clock.instant());
        assertThat(gateway.state().all().stream().filter(standing::isDoubtful)).containsExactly(asked);
    }

    @Test
    void liveVpsesAreAskedAboutAlsoWhenAListIsNotBelieved() {
        gateway.list(vpses(1, 20));
        gateway.clock.advance(GRACE);
        gateway.listForGrace();
        AllocationStanding standing = new AllocationStanding(
                gateway.state(), Map.of(), gateway.state().sources(), gateway.rules, gateway.clock.instant());
        assertThat(gateway.state().all())
                .hasSize(20)
                .allMatch(standing::isDoubtful)
                .noneMatch(standing::isAbsent);
    }

    private Allocation inUseAndLeftOut() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.inUse.add(vps("b"));
        gateway.clock.advance(GRACE);
        gateway.listForGrace(entry("a", "10.0.0.11", 1));
        return gateway.held("b");
    }

    private List<Allocation> judge(Allocation held, MacAnswer answer) {
        return done(gateway.submit(Action.JUDGE, new AbsenceJudgement(held, answer, SyncRules.of(GRACE))));
    }

    private static DesiredAllocation[] vpses(int from, int to) {
        return IntStream.rangeClosed(from, to)
                .mapToObj(i -> entry("vps-" + i, "10.0.0." + (30 + i), i))
                .toArray(DesiredAllocation[]::new);
    }
}
