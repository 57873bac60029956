package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is asked about which MAC, and when; on a clock that the tests move. */
class MacInquiriesTest extends MacResolverFixture {
    private static final Duration TICK = Duration.ofMillis(100);
    private static final int FLOOD_PER_TICK = 20;

    private int invented;

    /** Whoever has been told no and asks again wants another answer than the one that was given then. */
    @Test
    void anAnswerThatIsTooOldIsAskedForAgain() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.inquiries.whose(NEW);
        answer(api, "");
        fixture.pass(Duration.ofSeconds(5));
        assertThat(fixture.inquiries.whose(NEW, Duration.ofSeconds(6)).toCompletableFuture())
                .isCompletedWithValue(new MacAnswer.NotFound());
        assertThat(asked(api)).hasSize(1);
        CompletableFuture<MacAnswer> second =
                fixture.inquiries.whose(NEW, Duration.ofSeconds(5)).toCompletableFuture();
        assertThat(asked(api)).hasSize(2);
        assertThat(second).isNotDone();
    }

    /** The API takes a row with the address where it does not know the MAC, and rows are kept for ever. */
    @Test
    void onlyTheMacIsEvidence() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = fixture.register("api-1", "node-1");
        CompletableFuture<MacAnswer> whose = fixture.inquiries.whose(OLD).toCompletableFuture();
        assertThat(asked(api)).singleElement().satisfies(question -> {
            assertThat(question.getMac()).isEqualTo(OLD.toString());
            assertThat(question.getIp()).isEmpty();
        });
        answer(api, "vps-1");
        assertThat(whose).isCompletedWithValueMatching(said -> said instanceof MacAnswer.Found);
    }

    @Test
    void aMacWithoutReservationIsAskedAboutWithoutAddress() {
        leased(NEW, "10.0.0.20");
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.SERVE).unknownClient(NEW);
        assertThat(asked(api)).singleElement().satisfies(question -> assertThat(question.getIp())
                .isEmpty());
    }

    @Test
    void whatWasSaidIsRememberedForWhoeverAsks() {
        Peer api = fixture.register("api-1", "node-1");
        fixture.inquiries.whose(NEW);
        answer(api, "");
        assertThat(fixture.inquiries.whose(NEW).toCompletableFuture()).isCompletedWithValue(new MacAnswer.NotFound());
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
    }

    @Test
    void whatIsAskedTwiceAtOnceIsOneQuestion() {
        Peer api = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        CompletableFuture<MacAnswer> one = fixture.inquiries.whose(NEW).toCompletableFuture();
        CompletableFuture<MacAnswer> two = fixture.inquiries.whose(NEW).toCompletableFuture();
        assertThat(asked(api)).hasSize(1);
        answer(api, "");
        assertThat(one).isCompletedWithValue(new MacAnswer.NotFound());
        assertThat(two).isCompletedWithValue(new MacAnswer.NotFound());
    }

    @Test
    void withoutAnApiNobodyCanSay() {
        assertThat(fixture.inquiries.whose(NEW).toCompletableFuture())
                .isCompletedWithValue(new MacAnswer.Unavailable());
    }

    @Test
    void anInstanceOfTheSameNodeNameIsAskedOnlyWhenTheFirstDoesNotKnow() {
        SlowApi one = slow("api-1", "node-1", Duration.ZERO);
        SlowApi other = slow("api-2", "node-1", Duration.ZERO);
        one.vpsOf.put(OLD, "vps-1");
        other.vpsOf.put(OLD, "vps-1");
        other.vpsOf.put(NEW, "vps-2");
        one.vpsOf.put(NEW, "vps-2");
        CompletableFuture<MacAnswer> known = fixture.inquiries.whose(OLD).toCompletableFuture();
        assertThat(one.asked() + other.asked()).isEqualTo(1);
        pass(Duration.ofSeconds(2), one, other);
        assertThat(known).isCompletedWithValueMatching(said -> said instanceof MacAnswer.Found);
        assertThat(one.asked() + other.asked()).isEqualTo(1);

        CompletableFuture<MacAnswer> unknown =
                fixture.inquiries.whose(MacAddress.parse("02:00:00:00:00:77")).toCompletableFuture();
        pass(Duration.ofSeconds(2), one, other);
        assertThat(unknown).isCompletedWithValue(new MacAnswer.NotFound());
        assertThat(one.asked() + other.asked()).isEqualTo(3);
    }

    @Test
    void aDatabaseThatOnlyTheOtherInstanceHasIsFoundAllTheSame() {
        SlowApi one = slow("api-1", "node-1", Duration.ZERO);
        SlowApi other = slow("api-2", "node-1", Duration.ZERO);
        List<CompletableFuture<MacAnswer>> answers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            (i % 2 == 0 ? one : other).vpsOf.put(invent(), "vps-" + i);
        }
        for (int i = 0; i < 6; i++) {
            answers.add(fixture.inquiries.whose(mac(i)).toCompletableFuture());
        }
        pass(Duration.ofSeconds(10), one, other);
        assertThat(answers).allSatisfy(answer -> assertThat(answer)
                .isCompletedWithValueMatching(said -> said instanceof MacAnswer.Found));
    }

    @Test
    void notFoundNeedsEverybodyToHaveSpoken() {
        Peer one = fixture.register("api-1", "production");
        Peer other = fixture.register("api-2", "beta");
        CompletableFuture<MacAnswer> whose = fixture.inquiries.whose(NEW).toCompletableFuture();
        answer(one, "");
        assertThat(whose).isNotDone();
        other.events.lost("killed");
        assertThat(whose).isCompletedWithValue(new MacAnswer.Unavailable());
    }

    @Test
    void anInstanceThatHangsDoesNotKeepTheOthersFromBeingAsked() {
        Peer hung = fixture.register("api-1", "node-1");
        resolver(UnknownClients.RESOLVE).unknownClient(NEW);
        allocate("vps-1", Optional.of(OLD));
        SlowApi other = slow("api-2", "node-1", Duration.ZERO);
        other.vpsOf.put(NEW, "vps-1");
        pass(Duration.ofSeconds(7), other);
        assertThat(asked(hung)).hasSize(1);
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void noLinkIsAskedMoreThanEightAtOnceHoweverSlowItIs() {
        SlowApi api = slow("api-1", "node-1", Duration.ofSeconds(30));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        fixture.expectedNics = 50;
        for (int tick = 0; tick < 1_200; tick++) {
            flood(resolver, 1);
            pass(TICK, api);
        }
        assertThat(api.mostAtOnce).isEqualTo(LinkQuestions.MAX_PER_LINK);
    }

    @ParameterizedTest
    @CsvSource({"0, 2", "1, 4", "500, 4"})
    void inventedMacsCostTheApiSoManyQuestionsASecond(int expectedNics, int perSecond) {
        fixture.expectedNics = expectedNics;
        fixture.pass(Duration.ofSeconds(1));
        SlowApi one = slow("api-1", "node-1", Duration.ofMillis(200));
        SlowApi other = slow("api-2", "node-1", Duration.ofMillis(200));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        int seconds = 60;
        for (int tick = 0; tick < seconds * 10; tick++) {
            flood(resolver, 1);
            pass(TICK, one, other);
        }
        assertThat(one.asked() + other.asked())
                .isBetween(perSecond * seconds / 2, perSecond * seconds + QuestionRateLimiter.MAX_BURST);
    }

    /** The API needs two seconds, or ten: as long as it needs, but no more than five seconds longer. */
    @ParameterizedTest
    @ValueSource(ints = {2, 10})
    void aFloodFromOnePortDoesNotDelayAVpsOnAnother(int apiSeconds) {
        SlowApi api = slow("api-1", "node-1", Duration.ofSeconds(apiSeconds));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        allocate("vps-1", Optional.of(OLD));
        api.vpsOf.put(NEW, "vps-1");
        fixture.ports.put(NEW, new BridgePort(2));
        for (int tick = 0; tick < 600; tick++) {
            flood(resolver, 1);
            pass(TICK, api);
        }
        Instant booted = fixture.steady.now;
        resolver.unknownClient(NEW);
        for (int tick = 0; tick < 50 + apiSeconds * 10; tick++) {
            flood(resolver, 1);
            pass(TICK, api);
        }
        assertThat(Duration.between(booted, api.askedAt.get(NEW))).isLessThanOrEqualTo(Duration.ofSeconds(5));
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    /** Without ports nothing tells a VPS from a flood but that it repeats itself: DHCP clients do, after 2 to 4 s. */
    @Test
    void whereNoPortIsKnownWhoRepeatsItselfComesFirst() {
        SlowApi api = slow("api-1", "node-1", Duration.ofSeconds(2));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        for (int tick = 0; tick < 300; tick++) {
            flood(resolver, 0);
            pass(TICK, api);
        }
        Instant booted = fixture.steady.now;
        for (int tick = 0; tick < 80; tick++) {
            if (tick % 30 == 0) {
                resolver.unknownClient(NEW);
            }
            flood(resolver, 0);
            pass(TICK, api);
        }
        assertThat(Duration.between(booted, api.askedAt.get(NEW))).isLessThanOrEqualTo(Duration.ofSeconds(5));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fiftyVpsWithUnknownNicsAreAllAnsweredInFifteenSecondsBesideAFlood(boolean portsAreKnown) {
        SlowApi api = slow("api-1", "node-1", Duration.ofSeconds(2));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        List<MacAddress> booting = IntStream.range(0, 50)
                .mapToObj(i -> new MacAddress(0x00163e000000L + i))
                .toList();
        booting.forEach(mac -> api.vpsOf.put(mac, "vps-of-" + mac.bits()));
        if (portsAreKnown) {
            booting.forEach(mac -> fixture.ports.put(mac, new BridgePort((int) (mac.bits() & 0xff) + 2)));
        }
        fixture.expectedNics = 50;
        for (int tick = 0; tick < 100; tick++) {
            if (portsAreKnown) {
                flood(resolver, 1);
            }
            pass(TICK, api);
        }
        fixture.heard.clear();
        for (int tick = 0; tick < 150; tick++) {
            if (tick % 30 == 0) {
                booting.forEach(resolver::unknownClient);
            }
            if (portsAreKnown) {
                flood(resolver, 1);
            }
            pass(TICK, api);
        }
        assertThat(fixture.heard.stream().filter(QuestionOutcome.FOUND::equals)).hasSize(50);
    }

    @Test
    void whatIsAskedInTheBackgroundGoesOnBesideAFloodAndDoesNotStopOthers() {
        SlowApi api = slow("api-1", "node-1", Duration.ofMillis(100));
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        List<CompletableFuture<MacAnswer>> background = IntStream.range(0, 10)
                .mapToObj(i -> fixture.inquiries
                        .whose(new MacAddress(0x00163e000000L + i))
                        .toCompletableFuture())
                .toList();
        for (int tick = 0; tick < 600; tick++) {
            flood(resolver, 1);
            pass(TICK, api);
        }
        assertThat(background).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(new MacAnswer.NotFound()));
        assertThat(api.asked()).isGreaterThan(60);
    }

    @Test
    void aNegativeAnswerIsForgottenWhenTheApiNamesAVps() {
        SlowApi api = slow("api-1", "node-1", Duration.ZERO);
        MacResolver resolver = resolver(UnknownClients.RESOLVE);
        resolver.unknownClient(NEW);
        pass(Duration.ofSeconds(1), api);
        resolver.unknownClient(NEW);
        assertThat(api.asked()).isEqualTo(1);
        pass(Duration.ofSeconds(1), api);

        fixture.inquiries.mentioned(List.of(OLD));
        resolver.unknownClient(NEW);

        assertThat(api.asked()).isEqualTo(2);
    }

    @Test
    void aMacOnAListIsAskedAboutAnewAndOthersAreNot() {
        SlowApi api = slow("api-1", "node-1", Duration.ZERO);
        fixture.inquiries.whose(NEW);
        fixture.inquiries.whose(OLD);
        pass(Duration.ofSeconds(2), api);
        fixture.inquiries.listed(List.of(NEW));
        fixture.inquiries.whose(NEW);
        fixture.inquiries.whose(OLD);
        assertThat(api.asked()).isEqualTo(3);
    }

    @Test
    void anAnswerThatFoundAVpsSurvivesEveryMention() {
        SlowApi api = slow("api-1", "node-1", Duration.ZERO);
        api.vpsOf.put(NEW, "vps-1");
        fixture.inquiries.whose(NEW);
        pass(Duration.ofSeconds(1), api);
        fixture.inquiries.mentioned(List.of(NEW));
        assertThat(fixture.inquiries.whose(NEW).toCompletableFuture())
                .isCompletedWithValueMatching(said -> said instanceof MacAnswer.Found);
        assertThat(api.asked()).isEqualTo(1);
    }

    @Test
    void whatNobodyAnswersIsGivenUpAndNothingIsLeft() {
        Peer api = fixture.register("api-1", "node-1");
        List<CompletableFuture<MacAnswer>> all = IntStream.range(0, 2 * MacInquiries.MAX_BACKGROUND)
                .mapToObj(i -> fixture.inquiries
                        .whose(new MacAddress(0x00163e000000L + i))
                        .toCompletableFuture())
                .toList();
        for (int second = 0; second < 400; second++) {
            tickAndBeat(api);
        }
        assertThat(all).allSatisfy(answer -> assertThat(answer).isCompletedWithValue(new MacAnswer.Unavailable()));
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.links.status().questionsPending()).isZero();
        assertThat(fixture.links.status().questionsWaiting()).isZero();
    }

    private SlowApi slow(String instance, String node, Duration time) {
        return new SlowApi(fixture, fixture.register(instance, node), time);
    }

    /** Two hundred MACs a second that nobody has, from this port; 0 for no port that is known. */
    private void flood(MacResolver resolver, int port) {
        for (int i = 0; i < FLOOD_PER_TICK; i++) {
            MacAddress mac = invent();
            if (port > 0) {
                fixture.ports.put(mac, new BridgePort(port));
            }
            resolver.unknownClient(mac);
        }
    }

    private MacAddress invent() {
        return mac(invented++);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000010000L + number);
    }

    private void pass(Duration span, SlowApi... apis) {
        Instant end = fixture.steady.now.plus(span);
        while (fixture.steady.now.isBefore(end)) {
            fixture.steady.now = fixture.steady.now.plus(TICK);
            fixture.time.now = fixture.time.now.plus(TICK);
            if (fixture.steady.now.equals(fixture.steady.now.truncatedTo(ChronoUnit.SECONDS))) {
                fixture.links.tick();
            }
            for (SlowApi api : apis) {
                api.work();
                api.peer.pings++;
            }
        }
    }
}
