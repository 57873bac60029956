package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.RebindOutcome;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** MACs without a reservation, the questions about them, and what becomes of them; with real allocations. */
class MacResolverTest extends MacResolverFixture {
    @Test
    void aVpsWithAnotherCardGetsItsAddress() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        healer.unknownClient(NEW);
        assertThat(asked(api)).extracting(MacResolverFixture::macOf).containsExactly(NEW.toString());
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(holderOf(OLD)).isEmpty();
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.REBOUND);
    }

    @Test
    void aVpsWithoutACardGetsOne() {
        allocate("vps-1", Optional.empty());
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void aVpsOfAnotherNodeIsLeftAlone() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(api, "vps-elsewhere");
        assertThat(ipam.snapshot().all()).isEmpty();
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.LEFT_ALONE);
    }

    @Test
    void aVpsThatGetsItsAddressWhileTheAnswerIsRememberedIsHealedAtOnce() {
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        healer.unknownClient(NEW);
        answer(api, "vps-1");
        allocate("vps-1", Optional.empty());
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void leasesAreLookedAtWhenAnApiRegisters() {
        leased(NEW, "10.0.0.25");
        healer(UnknownClients.ADOPT);
        Peer api = room.register("api-1", "node-1");
        answer(api, "vps-1");
        assertThat(ipam.snapshot().at(ip("10.0.0.25"))).isPresent();
    }

    /** A VPS may have its private address on one card and a public one, given by DHCP, on another. */
    @Test
    void aCardThatIsGivenAPublicAddressDoesNotTakeThePrivateOne() {
        allocate("vps-1", Optional.of(OLD));
        servedPublicly.add(NEW);
        leased(NEW, "10.0.0.200");
        MacResolver healer = healer(UnknownClients.ADOPT);

        Peer api = room.register("api-1", "node-1");
        healer.unknownClient(NEW);

        assertThat(asked(api)).isEmpty();
        assertThat(holderOf(OLD)).hasValue("vps-1");
    }

    @Test
    void aCardThatIsGivenAPublicAddressWhileTheApiIsAskedKeepsToIt() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        servedPublicly.add(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(OLD)).hasValue("vps-1");
    }

    @Test
    void instancesOfDifferentNamesForThisNodeAreAskedAtOnceAndTheFirstWhoKnowsCounts() {
        allocate("vps-1", Optional.of(OLD));
        Peer one = room.register("api-1", "production");
        Peer other = room.register("api-2", "beta");
        room.heard.clear();
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(one, "");
        assertThat(holderOf(NEW)).isEmpty();
        answer(other, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        answer(one, "vps-2");
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.REBOUND, QuestionOutcome.LATE);
    }

    @Test
    void aMacIsAskedAboutOnceAtATime() {
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        for (int i = 0; i < 1_000; i++) {
            healer.unknownClient(NEW);
        }
        assertThat(asked(api)).hasSize(1);
    }

    @Test
    void anAnswerThatTakesLongerThanFifteenSecondsIsLateAndCountsAllTheSame() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        room.pass(Duration.ofSeconds(14));
        assertThat(room.heard).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(room.heard).containsExactly(QuestionOutcome.UNANSWERED);
        room.pass(Duration.ofSeconds(20));
        answer(api, "vps-1");
        assertThat(room.heard).containsExactly(QuestionOutcome.UNANSWERED, QuestionOutcome.LATE, RebindOutcome.REBOUND);
        assertThat(holderOf(NEW)).hasValue("vps-1");
        room.pass(Duration.ofSeconds(1));
        assertThat(room.links.status().questionsPending()).isZero();
    }

    @Test
    void aQuestionEndsWhenEveryoneWhoWasAskedIsGone() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        api.events.lost("killed");
        assertThat(room.heard).contains(QuestionOutcome.FAILED);
        room.pass(Duration.ofSeconds(1));
        assertThat(room.links.status().questionsPending()).isZero();
    }

    @Test
    void anAnswerThatMakesNoSenseIsNone() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        respond(api, ByteString.copyFromUtf8("not protobuf \u00ff"));
        assertThat(room.heard).containsExactly(QuestionOutcome.FAILED);
        assertThat(api.end).isEmpty();
    }

    @Test
    void unknownMacsAreAskedAboutLessAndLess() {
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        List<Integer> askedAt = new ArrayList<>();
        for (int second = 0; second < 1_200; second++) {
            int before = asked(api).size();
            healer.unknownClient(NEW);
            if (asked(api).size() > before) {
                askedAt.add(second);
                answer(api, "");
            }
            tickAndBeat(api);
            healer.tick();
        }
        assertThat(askedAt).containsExactly(0, 10, 30, 70, 150, 310, 610, 910);
    }

    @Test
    void whatIsFoundIsRememberedForAMinute() {
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        healer.unknownClient(NEW);
        answer(api, "vps-elsewhere");
        room.pass(Duration.ofSeconds(59));
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
        room.pass(Duration.ofSeconds(1));
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(2);
    }

    @Test
    void twoCardsOfOneVpsDoNotFightWithoutEnd() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        MacResolver healer = healer(UnknownClients.RESOLVE);
        for (int second = 0; second < 50; second++) {
            healer.unknownClient(NEW);
            healer.unknownClient(OLD);
            answerAll(api, "vps-1");
            tickAndBeat(api);
            healer.tick();
        }
        assertThat(Collections.frequency(room.heard, RebindOutcome.REBOUND)).isLessThanOrEqualTo(3);
    }

    @Test
    void withoutAnApiNothingHappensAndNothingIsForgotten() {
        MacResolver healer = healer(UnknownClients.ADOPT);
        healer.unknownClient(NEW);
        assertThat(room.heard).containsExactly(QuestionOutcome.NOBODY_TO_ASK);
        Peer api = room.register("api-1", "node-1");
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
    }
}
