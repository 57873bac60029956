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
    void aVpsWithAnotherNicGetsItsAddress() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        resolver.unknownClient(NEW);
        assertThat(asked(api)).extracting(MacResolverFixture::macOf).containsExactly(NEW.toString());
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(holderOf(OLD)).isEmpty();
        assertThat(fixture.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.REBOUND);
    }

    @Test
    void aVpsWithoutANicGetsOne() {
        allocate("vps-1", Optional.empty());
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void aVpsOfAnotherNodeIsLeftAlone() {
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(api, "vps-elsewhere");
        assertThat(ipam.snapshot().all()).isEmpty();
        assertThat(fixture.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.LEFT_ALONE);
    }

    @Test
    void aVpsThatGetsItsAddressWhileTheAnswerIsRememberedIsBoundAtOnce() {
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        resolver.unknownClient(NEW);
        answer(api, "vps-1");
        allocate("vps-1", Optional.empty());
        resolver.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void leasesAreCheckedWhenAnApiRegisters() {
        leased(NEW, "10.0.0.25");
        resolver(UnknownClients.ADOPT);
        Peer api = fixture.register("api-1", "node-1");
        answer(api, "vps-1");
        assertThat(ipam.snapshot().at(ip("10.0.0.25"))).isPresent();
    }

    /** Where unknown clients are lent an address, a lease is the only sign of a NIC that comes back. */
    @Test
    void theLeaseOfAReplacedNicIsNoSignOfItUnlessItWasGivenSince() {
        allocate("vps-1", Optional.of(OLD));
        leasedNow(OLD, "10.0.0.10");
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.SERVE);
        resolver.unknownClient(NEW);
        fixture.pass(Duration.ofSeconds(10));
        answer(api, "vps-1");
        fixture.pass(Duration.ofSeconds(10));
        resolver.leasesChanged();
        assertThat(asked(api)).extracting(MacResolverFixture::macOf).containsExactly(NEW.toString());

        leasedNow(OLD, "10.0.0.29");
        resolver.leasesChanged();
        assertThat(asked(api)).extracting(MacResolverFixture::macOf).containsExactly(NEW.toString(), OLD.toString());
        answer(api, "vps-1");
        assertThat(holderOf(OLD)).hasValue("vps-1");
    }

    /** A VPS may have its private address on one NIC and a public one, given by DHCP, on another. */
    @Test
    void aNicThatIsGivenAPublicAddressDoesNotTakeThePrivateOne() {
        allocate("vps-1", Optional.of(OLD));
        servedPublicly.add(NEW);
        leased(NEW, "10.0.0.200");
        MacResolver resolver = resolver(UnknownClients.ADOPT);

        Peer api = fixture.register("api-1", "node-1");
        resolver.unknownClient(NEW);

        assertThat(asked(api)).isEmpty();
        assertThat(holderOf(OLD)).hasValue("vps-1");
    }

    @Test
    void aNicThatIsGivenAPublicAddressWhileTheApiIsAskedKeepsToIt() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        servedPublicly.add(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(OLD)).hasValue("vps-1");
    }

    @Test
    void instancesOfDifferentNamesForThisNodeAreAskedAtOnceAndTheFirstWhoKnowsCounts() {
        allocate("vps-1", Optional.of(OLD));
        Peer one = fixture.register("api-1", "production");
        Peer other = fixture.register("api-2", "beta");
        fixture.heard.clear();
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(one, "");
        assertThat(holderOf(NEW)).isEmpty();
        answer(other, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        answer(one, "vps-2");
        assertThat(fixture.heard).containsExactly(QuestionOutcome.FOUND, RebindOutcome.REBOUND, QuestionOutcome.LATE);
    }

    @Test
    void aMacIsAskedAboutOnceAtATime() {
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        for (int i = 0; i < 1_000; i++) {
            resolver.unknownClient(NEW);
        }
        assertThat(asked(api)).hasSize(1);
    }

    @Test
    void anAnswerThatTakesLongerThanFifteenSecondsIsLateAndCountsAllTheSame() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        fixture.pass(Duration.ofSeconds(14));
        assertThat(fixture.heard).isEmpty();
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.heard).containsExactly(QuestionOutcome.UNANSWERED);
        fixture.pass(Duration.ofSeconds(20));
        answer(api, "vps-1");
        assertThat(fixture.heard)
                .containsExactly(QuestionOutcome.UNANSWERED, QuestionOutcome.LATE, RebindOutcome.REBOUND);
        assertThat(holderOf(NEW)).hasValue("vps-1");
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.links.status().questionsPending()).isZero();
    }

    @Test
    void aQuestionEndsWhenEveryoneWhoWasAskedIsGone() {
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        api.events.lost("killed");
        assertThat(fixture.heard).contains(QuestionOutcome.FAILED);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.links.status().questionsPending()).isZero();
    }

    @Test
    void anAnswerThatMakesNoSenseIsNone() {
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        respond(api, ByteString.copyFromUtf8("not protobuf \u00ff"));
        assertThat(fixture.heard).containsExactly(QuestionOutcome.FAILED);
        assertThat(api.end).isEmpty();
    }

    @Test
    void unknownMacsAreAskedAboutLessAndLess() {
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        List<Integer> askedAt = new ArrayList<>();
        for (int second = 0; second < 1_200; second++) {
            int before = asked(api).size();
            resolver.unknownClient(NEW);
            if (asked(api).size() > before) {
                askedAt.add(second);
                answer(api, "");
            }
            tickAndBeat(api);
            resolver.tick();
        }
        assertThat(askedAt).containsExactly(0, 10, 30, 70, 150, 310, 610, 910);
    }

    @Test
    void whatIsFoundIsRememberedForAMinute() {
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        resolver.unknownClient(NEW);
        answer(api, "vps-elsewhere");
        fixture.pass(Duration.ofSeconds(59));
        resolver.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
        fixture.pass(Duration.ofSeconds(1));
        resolver.unknownClient(NEW);
        assertThat(asked(api)).hasSize(2);
    }

    @Test
    void twoNicsOfOneVpsDoNotFightWithoutEnd() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = fixture.register("api-1", "node-1");
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        for (int second = 0; second < 50; second++) {
            resolver.unknownClient(NEW);
            resolver.unknownClient(OLD);
            answerAll(api, "vps-1");
            tickAndBeat(api);
            resolver.tick();
        }
        assertThat(Collections.frequency(fixture.heard, RebindOutcome.REBOUND)).isLessThanOrEqualTo(3);
    }

    @Test
    void withoutAnApiNothingHappensAndNothingIsForgotten() {
        MacResolver resolver = resolver(UnknownClients.ADOPT);
        resolver.unknownClient(NEW);
        assertThat(fixture.heard).containsExactly(QuestionOutcome.NOBODY_TO_ASK);
        Peer api = fixture.register("api-1", "node-1");
        resolver.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
    }
}
