package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.ip;
import static cloud.obiente.vpsgateway.sync.SyncFixture.mac;
import static cloud.obiente.vpsgateway.sync.SyncFixture.publicEntry;
import static cloud.obiente.vpsgateway.sync.SyncFixture.vps;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What lists may do by what they say. */
class SyncTest {
    private static final ListSource SECOND = new ListSource("api-2", "node-1");

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
    void convergesWithExactCounts() {
        gateway.bind("same", 1, "10.0.0.11");
        gateway.bind("moved", 2, "10.0.0.12");
        gateway.bind("rebuilt", 3, "10.0.0.13");
        gateway.clock.advance(GRACE);

        SyncReport report = gateway.list(
                entry("same", "10.0.0.11", 1),
                entry("moved", "10.0.0.22", 2),
                entry("rebuilt", "10.0.0.13", 33),
                entry("new", "10.0.0.15"));

        assertThat(report).isEqualTo(new SyncReport(1, 0, 2, 1, List.of()));
        assertThat(gateway.addressOf("moved")).isEqualTo("10.0.0.22");
        assertThat(gateway.macOf("rebuilt")).isEqualTo(SyncFixture.mac(33).toString());
        assertThat(gateway.addressOf("new")).isEqualTo("10.0.0.15");
    }

    @Test
    void theSameListAgainChangesNothing() {
        DesiredAllocation[] list = {entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12")};
        gateway.list(list);
        IpamSnapshot before = gateway.state();
        assertThat(gateway.list(list)).isEqualTo(new SyncReport(0, 0, 0, 2, List.of()));
        assertThat(gateway.state().all()).isEqualTo(before.all());
    }

    @Test
    void anEntryWithoutMacOrOrganizationKeepsThem() {
        gateway.list(new DesiredAllocation(
                vps("a"),
                OrganizationId.parse("org-1"),
                SyncFixture.ip("10.0.0.10"),
                Optional.of(SyncFixture.mac(1)),
                cloud.obiente.vpsgateway.ipam.Allocation.Kind.PRIVATE));
        assertThat(gateway.list(entry("a", "10.0.0.10"))).isEqualTo(new SyncReport(0, 0, 0, 1, List.of()));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.15"));
        assertThat(gateway.macOf("a")).isEqualTo(SyncFixture.mac(1).toString());
        assertThat(gateway.held("a").organization()).isEqualTo(OrganizationId.parse("org-1"));
    }

    @Test
    void twoVpsesSwapAddressesAndThreeRotateMacs() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2), entry("c", "10.0.0.13", 3));
        gateway.clock.advance(GRACE);
        SyncReport report =
                gateway.list(entry("a", "10.0.0.12", 2), entry("b", "10.0.0.11", 3), entry("c", "10.0.0.13", 1));
        assertThat(report).isEqualTo(new SyncReport(0, 0, 3, 0, List.of()));
        assertThat(gateway.addressOf("a") + gateway.addressOf("b")).isEqualTo("10.0.0.1210.0.0.11");
        assertThat(gateway.macOf("c")).isEqualTo(SyncFixture.mac(1).toString());
        IpamSnapshot live = gateway.state();
        gateway.restart();
        assertThat(gateway.state().all()).isEqualTo(live.all());
    }

    @Test
    void aListMovesAVpsInUseOnlyWhereItHasNamedItAsItIs() {
        gateway.bind("a", 1, "10.0.0.11");
        gateway.inUse.add(vps("a"));
        gateway.clock.advance(GRACE);
        assertThat(gateway.list(entry("a", "10.0.0.12", 1)).rejected())
                .singleElement()
                .satisfies(rejected -> assertThat(rejected.why()).contains("a keeps 10.0.0.11, which it is using"));
        gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(gateway.list(entry("a", "10.0.0.12", 1)).changed()).isEqualTo(1);
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.12");
    }

    @Test
    void aListDoesNotMoveWhatACallHasJustGiven() {
        gateway.bind("a", 1, "10.0.0.11");
        assertThat(gateway.list(entry("a", "10.0.0.12", 1)).rejected()).hasSize(1);
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void aListDoesNotMoveWhatAnotherInstanceNamesAsItIs() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE);
        gateway.list(SECOND, entry("a", "10.0.0.11", 1));
        assertThat(gateway.list(entry("a", "10.0.0.12", 1)).rejected()).hasSize(1);
        gateway.list(SECOND, entry("a", "10.0.0.12", 1));
        gateway.list(entry("a", "10.0.0.12", 1));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.12");
    }

    @Test
    void aDeadVpsThatIsListedForALivingOnesAddressGetsNothing() {
        gateway.list(entry("dead", "10.0.0.11", 1));
        gateway.release("dead");
        gateway.bind("living", 2, "10.0.0.11");
        gateway.clock.advance(GRACE);
        gateway.inUse.add(vps("living"));
        assertThat(gateway.list(entry("dead", "10.0.0.11", 1)).rejected()).hasSize(1);
        assertThat(gateway.list(entry("dead", "10.0.0.11", 1), entry("living", "10.0.0.11", 2))
                        .rejected())
                .hasSize(1);
        assertThat(gateway.holderOf("10.0.0.11")).isEqualTo("living");
    }

    @Test
    void entriesThatCannotBeHonouredAreReportedAndTheRestIsDone() {
        SyncReport report = gateway.list(
                entry("outside", "192.168.0.1"), entry("reserved", "10.0.0.30"), entry("good", "10.0.0.11"));
        assertThat(report.added()).isEqualTo(1);
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("outside", "reserved");
        assertThat(report.rejected().get(0).why()).contains("192.168.0.1", "outside");
        assertThat(report.rejected().get(1).why()).contains("10.0.0.30", "reserved");
    }

    @Test
    void aVpsWhoseEntryCouldNotBeReadKeepsWhatItHas() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE);
        AllocationList list =
                new AllocationList(List.of(entry("b", "10.0.0.11"), entry("c", "10.0.0.12", 1)), Set.of(vps("a")));
        SyncReport report = gateway.list(SyncFixture.API, gateway.revision(), list);
        assertThat(report.rejected()).hasSize(2).allMatch(r -> r.why().contains("a keeps 10.0.0.11"));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void whatARejectedVpsKeepsStandsInTheWayOfOthersInTurn() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2), entry("c", "10.0.0.13", 3));
        gateway.clock.advance(GRACE);
        SyncReport report = gateway.list(
                entry("c", "10.0.0.12"),
                entry("b", "10.0.0.11"),
                entry("a", "192.168.0.1"),
                entry("d", "10.0.0.13"),
                entry("e", "10.0.0.14"));
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("c", "b", "a", "d");
        assertThat(report).extracting(SyncReport::added, SyncReport::removed).containsExactly(1, 0);
        assertThat(gateway.addressOf("c")).isEqualTo("10.0.0.13");
    }

    @Test
    void ofTwoEntriesForAFreeAddressTheFirstWins() {
        gateway.list(entry("a", "10.0.0.12"), entry("b", "10.0.0.12"));
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.12");
        assertThat(gateway.addressOf("b")).isEqualTo("none");
    }

    @Test
    void ofTwoEntriesForAMacItsHolderWinsAlsoWhenItsEntryLeavesTheMacOut() {
        gateway.list(entry("b", "10.0.0.12", 2));
        gateway.clock.advance(GRACE);
        SyncReport report = gateway.list(entry("a", "10.0.0.11", 2), entry("b", "10.0.0.13"));
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("a");
        assertThat(gateway.macOf("b")).isEqualTo(SyncFixture.mac(2).toString());
    }

    @Test
    void aVpsThatIsNamedTwiceIsNoFailureAndKeepsWhatItHas() {
        gateway.list(entry("a", "10.0.0.12", 1));
        SyncReport report = gateway.list(
                entry("a", "10.0.0.11"), entry("a", "10.0.0.12"), entry("b", "10.0.0.13"), entry("b", "10.0.0.14"));
        assertThat(report.rejected()).isEmpty();
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.12");
        assertThat(gateway.addressOf("b")).isEqualTo("10.0.0.13");
    }

    @Test
    void aMacThatWasReplacedIsNotBroughtBackByAListAlsoAfterARestart() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.rebind("a", 2);
        gateway.restart();
        SyncReport report = gateway.list(entry("a", "10.0.0.11", 1));
        assertThat(report).isEqualTo(new SyncReport(0, 0, 0, 1, List.of()));
        gateway.clock.advance(GRACE);
        gateway.list(entry("a", "10.0.0.11", 1), entry("a", "10.0.0.11", 2));
        assertThat(gateway.macOf("a")).isEqualTo(SyncFixture.mac(2).toString());
    }

    @Test
    void aListDoesNotReplaceTheMacOfAVpsThatIsInUse() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE);
        gateway.inUse.add(vps("a"));
        gateway.list(entry("a", "10.0.0.11", 3));
        assertThat(gateway.macOf("a")).isEqualTo(SyncFixture.mac(1).toString());
        gateway.inUse.clear();
        gateway.list(entry("a", "10.0.0.11", 3));
        assertThat(gateway.macOf("a")).isEqualTo(SyncFixture.mac(3).toString());
    }

    @Test
    void aNicThatTheListGivesToAnotherVpsMovesAlsoWhileItIsInUse() {
        gateway.list(entry("a", "10.0.0.11", 1), entry("b", "10.0.0.12", 2));
        gateway.inUse.add(vps("a"));
        assertThat(gateway.list(entry("a", "10.0.0.11", 2), entry("b", "10.0.0.12", 1))
                        .changed())
                .isZero();
        gateway.clock.advance(GRACE);
        assertThat(gateway.list(entry("a", "10.0.0.11", 2), entry("b", "10.0.0.12", 1))
                        .changed())
                .isEqualTo(2);
        assertThat(gateway.macOf("a")).isEqualTo(SyncFixture.mac(2).toString());
    }

    @Test
    void aPublicEntryForAReplacedMacPinsTheLivingOne() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.rebind("a", 2);
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("a", "203.0.113.5", 1));
        assertThat(gateway.state()
                        .at(SyncFixture.ip("203.0.113.5"))
                        .orElseThrow()
                        .mac())
                .contains(SyncFixture.mac(2));
    }

    @Test
    void aPublicAddressFollowsItsVpsToTheMacThatReplacesTheOldOne() {
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("a", "203.0.113.5", 1));
        gateway.rebind("a", 2);
        assertThat(gateway.state()
                        .at(SyncFixture.ip("203.0.113.5"))
                        .orElseThrow()
                        .mac())
                .contains(SyncFixture.mac(2));
    }

    @Test
    void aCallThatNamesAReplacedMacPinsTheLivingOne() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.rebind("a", 2);
        assertThat(SyncFixture.done(gateway.assign("a", 1, "203.0.113.5")).mac())
                .contains(SyncFixture.mac(2));
    }

    @Test
    void aPublicAddressThatOnlyAListKeepsForADeadVpsGoesToWhoeverACallNames() {
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("dead", "203.0.113.5", 9));
        assertThat(SyncFixture.done(gateway.assign("a", 1, "203.0.113.5")).vps())
                .isEqualTo(vps("a"));
        gateway.list(entry("a", "10.0.0.11", 1), publicEntry("dead", "203.0.113.5", 9));
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("a");
    }

    /** The API never deletes the rows of a VPS: its private address is on the books for ever, too. */
    @Test
    void soDoesThatOfADeadVpsWhosePrivateAddressIsListedStill() {
        DesiredAllocation[] rows = {
            entry("a", "10.0.0.11", 1), entry("dead", "10.0.0.12", 9), publicEntry("dead", "203.0.113.5", 9)
        };
        gateway.list(rows);
        gateway.leased.put(mac(1), ip("10.0.0.11"));
        assertThat(SyncFixture.done(gateway.assign("a", 1, "203.0.113.5")).vps())
                .isEqualTo(vps("a"));
        gateway.list(rows);
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("a");
    }

    /** The API may name the MAC of any of its rows. */
    @Test
    void aPublicAddressIsTakenBackByTheMacThatWasReplacedAsItWasGiven() {
        gateway.allocate("a", 1);
        gateway.rebind("a", 2);
        SyncFixture.done(gateway.assign("a", 1, "203.0.113.5"));
        SyncFixture.done(gateway.unassign("a", 1, "203.0.113.5"));
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("nobody");
    }

    @Test
    void aMacThatTheHolderNeverHadTakesNothingBack() {
        gateway.allocate("a", 1);
        SyncFixture.done(gateway.assign("a", 1, "203.0.113.5"));
        assertThat(gateway.unassign("a", 7, "203.0.113.5")).isInstanceOf(Outcome.Refused.class);
        assertThat(gateway.holderOf("203.0.113.5")).isEqualTo("a");
    }

    @Test
    void aPublicAddressOfALivingVpsGoesToNobodyElse() {
        gateway.list(entry("b", "10.0.0.12", 2), publicEntry("b", "203.0.113.5", 2));
        gateway.leased.put(mac(2), ip("10.0.0.12"));
        assertThat(gateway.assign("a", 1, "203.0.113.5")).isInstanceOf(Outcome.Refused.class);
    }

    @Test
    void aReleasedVpsGetsItsAddressBack() {
        gateway.allocate("first", 1);
        gateway.allocate("second", 2);
        gateway.release("first");
        gateway.allocate("third", 3);
        assertThat(gateway.allocate("first", 9).address()).hasToString("10.0.0.10");
        gateway.release("second");
        assertThat(gateway.allocate("renamed", 2).address()).hasToString("10.0.0.11");
    }
}
