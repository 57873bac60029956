package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.CALLER;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.answer;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.desired;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list that waited for its turn does not undo what callers were told meanwhile. */
class SyncRaceTest {
    @TempDir
    Path directory;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.10", "10.0.0.30"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void anAllocationMadeWhileTheListWaitedStays() {
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        ipam.allocate("newer");
        SyncReport report = sync(arrival);
        assertThat(report.removed()).isZero();
        assertThat(ipam.addressOf("newer")).isEqualTo("10.0.0.10");
    }

    @Test
    void aReleaseMadeWhileTheListWaitedIsNotUndone() {
        ipam.allocate("released");
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        ipam.release("released", "");
        SyncReport report = sync(arrival, desired("released", "10.0.0.10"));
        assertThat(report.rejected()).singleElement().satisfies(left -> assertThat(left.why())
                .contains("newer call"));
        assertThat(ipam.addressOf("released")).isEqualTo("none");
    }

    @Test
    void anAllocationConfirmedWhileTheListWaitedStays() {
        ipam.allocate("confirmed");
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        ipam.allocate("confirmed");
        assertThat(sync(arrival).removed()).isZero();
    }

    @Test
    void aNewBindingKeepsOthersFromItsAddress() {
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        ipam.bind("newer", mac(1), "10.0.0.12");
        SyncReport report = sync(arrival, desired("older", "10.0.0.12"), desired("newer", "10.0.0.13", mac(1)));
        assertThat(report.rejected()).hasSize(2);
        assertThat(ipam.addressOf("newer")).isEqualTo("10.0.0.12");
        assertThat(ipam.addressOf("older")).isEqualTo("none");
    }

    @Test
    void anEntryThatAgreesWithTheNewerCallIsUnchanged() {
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        ipam.bind("a", mac(1), "10.0.0.12");
        assertThat(sync(arrival, desired("a", "10.0.0.12", mac(1)))).isEqualTo(new SyncReport(0, 0, 0, 1, List.of()));
    }

    @Test
    void anAllocationThatWasDecidedButNotAnsweredStays() {
        ipam.allocate("unanswered");
        SyncArrival arrival = ipam.ipam().syncArrived(() -> Set.of(VpsId.parse("unanswered")));
        assertThat(sync(arrival).removed()).isZero();
    }

    @Test
    void whatWasAnsweredBeforeTheListCameGivesWay() {
        ipam.allocate("older");
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        assertThat(sync(arrival).removed()).isEqualTo(1);
    }

    @Test
    void aFormerSyncIsNoNewerCall() {
        SyncArrival second = ipam.ipam().syncArrived(Set::of);
        ipam.sync(desired("a", "10.0.0.12"));
        assertThat(sync(second, desired("b", "10.0.0.13"))).isEqualTo(new SyncReport(1, 1, 0, 0, List.of()));
    }

    @Test
    void commandsOfTheSameRoundCountInTheirOrder() {
        CompletionStage<Outcome<Allocation>> first = ipam.holdTheWriter();
        SyncArrival arrival = ipam.ipam().syncArrived(Set::of);
        CompletionStage<Outcome<Allocation>> allocation = ipam.allocating("newer", "", "", "");
        CompletionStage<Outcome<SyncReport>> sync =
                ipam.ipam().sync(CALLER, arrival, List.of(), Set.of(), Cancellation.NONE);
        ipam.store().letGo();
        done(answer(first));
        done(answer(allocation));
        assertThat(done(answer(sync)).removed()).isEqualTo(1);
        assertThat(ipam.addressOf("first")).isEqualTo("none");
        assertThat(ipam.addressOf("newer")).isNotEqualTo("none");
    }

    @Test
    void rebindingIsForHoldersOnly() {
        ipam.allocate("a", "", mac(1), "");
        assertThat(done(rebind("a", mac(2))).mac()).map(Object::toString).hasValue(mac(2));
        assertThat(IpamFixture.refusal(rebind("b", mac(3))).reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(ipam.addressOf("b")).isEqualTo("none");
        ipam.allocate("c", "", mac(4), "");
        assertThat(IpamFixture.refusal(rebind("c", mac(2))).reason()).isEqualTo(Reason.MAC_TAKEN);
    }

    private Outcome<Allocation> rebind(String vps, String mac) {
        RebindCommand command = new RebindCommand(
                VpsId.parse(vps), OrganizationId.UNKNOWN, cloud.obiente.vpsgateway.net.MacAddress.parse(mac));
        return answer(ipam.ipam().rebind(CALLER, command, Cancellation.NONE));
    }

    private SyncReport sync(SyncArrival arrival, DesiredAllocation... desired) {
        try (arrival) {
            return done(answer(ipam.ipam().sync(CALLER, arrival, List.of(desired), Set.of(), Cancellation.NONE)));
        }
    }
}
