package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.desired;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyncTest {
    @TempDir
    Path directory;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.10", "10.0.0.30", "10.0.0.30"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void convergesInOneCommitWithExactCounts() {
        ipam.bind("same", mac(1), "10.0.0.11");
        ipam.bind("moved", mac(2), "10.0.0.12");
        ipam.bind("rebuilt", mac(3), "10.0.0.13");
        ipam.bind("gone", mac(4), "10.0.0.14");
        int commits = ipam.store().commits().size();

        SyncReport report = ipam.sync(
                desired("same", "10.0.0.11", mac(1)),
                desired("moved", "10.0.0.22", mac(2)),
                desired("rebuilt", "10.0.0.13", mac(33)),
                desired("new", "10.0.0.15"));

        assertThat(report).isEqualTo(new SyncReport(1, 1, 2, 1, List.of()));
        assertThat(ipam.addressOf("moved")).isEqualTo("10.0.0.22");
        assertThat(ipam.macOf("rebuilt")).isEqualTo(mac(33));
        assertThat(ipam.addressOf("gone")).isEqualTo("none");
        assertThat(ipam.addressOf("new")).isEqualTo("10.0.0.15");
        assertThat(ipam.store().commits()).hasSize(commits + 1);
    }

    @Test
    void theSameListAgainChangesNothing() {
        DesiredAllocation[] list = {desired("a", "10.0.0.11", mac(1)), desired("b", "10.0.0.12")};
        ipam.sync(list);
        assertThat(ipam.sync(list)).isEqualTo(new SyncReport(0, 0, 0, 2, List.of()));
        assertThat(ipam.store().commits()).hasSize(1);
    }

    @Test
    void anEmptyListReleasesEverything() {
        ipam.allocate("a");
        ipam.allocate("b");
        assertThat(ipam.sync()).isEqualTo(new SyncReport(0, 2, 0, 0, List.of()));
        assertThat(ipam.snapshot().all()).isEmpty();
        assertThat(ipam.snapshot().released()).hasSize(2);
    }

    @Test
    void anEntryWithoutMacOrOrganizationKeepsThem() {
        ipam.allocate("a", "org-1", mac(1), "");
        assertThat(ipam.sync(desired("a", "10.0.0.10"))).isEqualTo(new SyncReport(0, 0, 0, 1, List.of()));
        ipam.sync(desired("a", "10.0.0.15"));
        assertThat(ipam.macOf("a")).isEqualTo(mac(1));
        assertThat(ipam.snapshot().all())
                .extracting(Allocation::organization)
                .containsExactly(OrganizationId.parse("org-1"));
    }

    @Test
    void anOrganizationThatDiffersIsAChange() {
        ipam.allocate("a", "org-1", "", "");
        DesiredAllocation entry = new DesiredAllocation(
                VpsId.parse("a"),
                OrganizationId.parse("org-2"),
                IpamFixture.ip("10.0.0.10"),
                IpamFixture.optionalMac(""),
                Allocation.Kind.PRIVATE);
        assertThat(ipam.sync(entry).changed()).isEqualTo(1);
    }

    @Test
    void twoVpsesSwapAddressesAndThreeRotateMacs() {
        ipam.bind("a", mac(1), "10.0.0.11");
        ipam.bind("b", mac(2), "10.0.0.12");
        ipam.bind("c", mac(3), "10.0.0.13");
        SyncReport report = ipam.sync(
                desired("a", "10.0.0.12", mac(2)),
                desired("b", "10.0.0.11", mac(3)),
                desired("c", "10.0.0.13", mac(1)));
        assertThat(report).isEqualTo(new SyncReport(0, 0, 3, 0, List.of()));
        IpamSnapshot live = ipam.snapshot();
        assertThat(live.released()).isEmpty();
        assertThat(ipam.reopened().snapshot().all()).isEqualTo(live.all());
        assertThat(ipam.addressOf("a") + ipam.addressOf("b")).isEqualTo("10.0.0.1210.0.0.11");
        assertThat(ipam.macOf("c")).isEqualTo(mac(1));
    }

    @Test
    void anAddressOfAReleasedVpsIsFreeInTheSameSync() {
        ipam.bind("old", mac(1), "10.0.0.11");
        SyncReport report = ipam.sync(desired("new", "10.0.0.11", mac(1)));
        assertThat(report).isEqualTo(new SyncReport(1, 1, 0, 0, List.of()));
        assertThat(ipam.snapshot().released()).isEmpty();
    }

    @Test
    void entriesThatCannotBeHonouredAreReportedAndTheRestIsDone() {
        SyncReport report = ipam.sync(
                desired("outside", "192.168.0.1"), desired("reserved", "10.0.0.30"), desired("good", "10.0.0.11"));
        assertThat(report.added()).isEqualTo(1);
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("outside", "reserved");
        assertThat(report.rejected().get(0).why()).contains("192.168.0.1", "outside");
        assertThat(report.rejected().get(1).why()).contains("10.0.0.30", "reserved");
        assertThat(ipam.addressOf("good")).isEqualTo("10.0.0.11");
    }

    @Test
    void aVpsWhoseEntryIsBadKeepsWhatItHas() {
        ipam.bind("a", mac(1), "10.0.0.11");
        assertThat(ipam.sync(desired("a", "192.168.0.1")).removed()).isZero();
        assertThat(ipam.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void aVpsWhoseEntryCouldNotBeReadKeepsWhatItHas() {
        ipam.bind("a", mac(1), "10.0.0.11");
        SyncReport report =
                ipam.sync(Set.of(VpsId.parse("a")), desired("b", "10.0.0.11"), desired("c", "10.0.0.12", mac(1)));
        assertThat(report.rejected()).hasSize(2).allMatch(r -> r.why().contains("a keeps 10.0.0.11"));
        assertThat(ipam.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void whatARejectedVpsKeepsStandsInTheWayOfOthersInTurn() {
        ipam.bind("a", mac(1), "10.0.0.11");
        ipam.bind("b", mac(2), "10.0.0.12");
        ipam.bind("c", mac(3), "10.0.0.13");
        SyncReport report = ipam.sync(
                desired("c", "10.0.0.12"),
                desired("b", "10.0.0.11"),
                desired("a", "192.168.0.1"),
                desired("d", "10.0.0.13"),
                desired("e", "10.0.0.14"));
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("c", "b", "a", "d");
        assertThat(report).extracting(SyncReport::added, SyncReport::removed).containsExactly(1, 0);
        assertThat(ipam.addressOf("c")).isEqualTo("10.0.0.13");
    }

    @Test
    void ofTwoEntriesForAnAddressTheHolderWins() {
        ipam.bind("b", mac(2), "10.0.0.12");
        SyncReport report = ipam.sync(desired("a", "10.0.0.12"), desired("b", "10.0.0.12"));
        assertThat(report.rejected()).singleElement().satisfies(rejected -> {
            assertThat(rejected.desired().vps()).hasToString("a");
            assertThat(rejected.why()).contains("10.0.0.12", "b");
        });
        assertThat(report.unchanged()).isEqualTo(1);
    }

    @Test
    void ofTwoEntriesForAFreeAddressTheFirstWins() {
        ipam.sync(desired("a", "10.0.0.12"), desired("b", "10.0.0.12"));
        assertThat(ipam.addressOf("a")).isEqualTo("10.0.0.12");
        assertThat(ipam.addressOf("b")).isEqualTo("none");
    }

    @Test
    void ofTwoEntriesForAMacItsHolderWinsAlsoWhenItsEntryLeavesTheMacOut() {
        ipam.bind("b", mac(2), "10.0.0.12");
        SyncReport report = ipam.sync(desired("a", "10.0.0.11", mac(2)), desired("b", "10.0.0.13"));
        assertThat(report.rejected())
                .extracting(r -> r.desired().vps().toString())
                .containsExactly("a");
        assertThat(ipam.macOf("b")).isEqualTo(mac(2));
    }

    @Test
    void ofTwoEntriesForAVpsTheFulfilledOneWinsElseTheFirst() {
        ipam.bind("a", mac(1), "10.0.0.12");
        SyncReport first = ipam.sync(
                desired("a", "10.0.0.11"),
                desired("a", "10.0.0.12"),
                desired("b", "10.0.0.13"),
                desired("b", "10.0.0.14"));
        assertThat(first.rejected()).hasSize(2).allMatch(r -> r.why().contains("more than once"));
        assertThat(ipam.addressOf("a")).isEqualTo("10.0.0.12");
        assertThat(ipam.addressOf("b")).isEqualTo("10.0.0.13");
    }

    @Test
    void anExactRepeatIsReportedAndHonouredOnce() {
        SyncReport report = ipam.sync(desired("a", "10.0.0.11"), desired("a", "10.0.0.11"));
        assertThat(report.added()).isEqualTo(1);
        assertThat(report.rejected()).hasSize(1);
    }

    @Test
    void anAddressOutsideAMovedPoolIsConfirmedToItsHolderOnly() {
        ipam.bind("a", mac(1), "10.0.0.11");
        ipam.reopened(pool("10.0.0.20", "10.0.0.30"));
        SyncReport report = ipam.sync(desired("a", "10.0.0.11", mac(2)), desired("b", "10.0.0.12"));
        assertThat(report)
                .extracting(SyncReport::changed, r -> r.rejected().size())
                .containsExactly(1, 1);
        assertThat(ipam.macOf("a")).isEqualTo(mac(2));
    }
}
