package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.DesiredAllocation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of an API that has said whose a card is, and still lists the old one. */
class RebindsTest extends HealerFixture {
    private static final MacAddress THIRD = MacAddress.parse("02:00:00:00:00:03");
    private static final VpsId VPS_1 = VpsId.parse("vps-1");

    @BeforeEach
    void heal() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void aListWithTheOldCardKeepsTheNewOneHoweverOftenItComes() {
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.empty());
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.empty());
    }

    @Test
    void aListWithAThirdCardIsTakenAtItsWordFromThenOn() {
        assertThat(heeded(listed("vps-1", THIRD))).containsExactly(Optional.of(THIRD));
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    @Test
    void aListThatHasLearntTheNewCardMayNameTheOldOneLater() {
        assertThat(heeded(listed("vps-1", NEW))).containsExactly(Optional.of(NEW));
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    @Test
    void aListThatGivesTheNewCardToAnotherVpsIsTakenAtItsWord() {
        assertThat(heeded(listed("vps-1", OLD), listed("vps-2", NEW)))
                .containsExactly(Optional.of(OLD), Optional.of(NEW));
    }

    @Test
    void theOldCardOfOneVpsCanBeListedForAnother() {
        assertThat(heeded(listed("vps-1", OLD), listed("vps-2", OLD)))
                .containsExactly(Optional.empty(), Optional.of(OLD));
    }

    @Test
    void aPublicAddressIsPinnedToTheCardThatIsListed() {
        DesiredAllocation entry = new DesiredAllocation(
                VPS_1, OrganizationId.UNKNOWN, ip("203.0.113.7"), Optional.of(OLD), Allocation.Kind.PUBLIC);
        assertThat(heeded(entry)).containsExactly(Optional.of(OLD));
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.empty());
    }

    @Test
    void aCardThatWasBoundAgainSinceIsListedAsBefore() {
        rebind(OLD);
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    @Test
    void aVpsThatHasGoneIsForgotten() {
        ipam.release(Caller.of("test"), new ReleaseCommand(VPS_1, Optional.empty()), Cancellation.NONE)
                .toCompletableFuture()
                .join();
        assertThat(heeded()).isEmpty();
        allocate("vps-1", Optional.of(NEW));
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    @Test
    void aVpsThatIsHealedTwiceBeforeItIsListedKeepsTheLastCard() {
        rebind(THIRD);
        rebinds.rebound(VPS_1, NEW, THIRD);
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.empty());
    }

    @Test
    void aVpsThatIsHealedBackHasTheCardThatIsListed() {
        rebind(OLD);
        rebinds.rebound(VPS_1, NEW, OLD);
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    @Test
    void theVpssHealedLastAreRemembered() {
        for (int i = 0; i < Rebinds.MOST; i++) {
            rebinds.rebound(VpsId.parse("other-" + i), OLD, NEW);
        }
        assertThat(heeded(listed("vps-1", OLD))).containsExactly(Optional.of(OLD));
    }

    private List<Optional<MacAddress>> heeded(DesiredAllocation... entries) {
        return rebinds.heed(List.of(entries)).stream()
                .map(DesiredAllocation::mac)
                .toList();
    }

    private static DesiredAllocation listed(String vps, MacAddress mac) {
        return new DesiredAllocation(
                VpsId.parse(vps), OrganizationId.UNKNOWN, ip("10.0.0.10"), Optional.of(mac), Allocation.Kind.PRIVATE);
    }

    private void rebind(MacAddress card) {
        assertThat(ipam.rebind(
                                Caller.of("test"),
                                new RebindCommand(VPS_1, OrganizationId.UNKNOWN, card),
                                Cancellation.NONE)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Done.class);
    }
}
