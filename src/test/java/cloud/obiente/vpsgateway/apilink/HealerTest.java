package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.Healing;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MACs without a reservation, the questions about them, and what becomes of them; with real allocations. */
class HealerTest {
    private static final MacAddress OLD = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress NEW = MacAddress.parse("02:00:00:00:00:02");

    private final LinkFixture room = new LinkFixture();
    private final Adoptions adoptions = new Adoptions();

    @TempDir
    Path directory;

    private Ipam ipam;
    private LeaseSnapshot leases = LeaseSnapshot.UNREAD;

    @BeforeEach
    void open() {
        ipam = Ipam.open(
                new IpamSettings(
                        new AddressPool(new Ipv4Range(ip("10.0.0.10"), ip("10.0.0.30")), Set.of()), Duration.ZERO),
                SqliteAllocationStore.open(directory.resolve("ipam.sqlite")),
                room.time,
                Thread::new);
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void aVpsWithAnotherCardGetsItsAddress() {
        allocate("vps-1", Optional.of(OLD));
        Peer api = room.register("api-1", "node-1");
        Healer healer = healer(UnknownClients.RESOLVE);
        healer.unknownClient(NEW);
        assertThat(asked(api)).extracting(HealerTest::macOf).containsExactly(NEW.toString());
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(holderOf(OLD)).isEmpty();
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, Healing.REBOUND);
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
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, Healing.LEFT_ALONE);
    }

    @Test
    void aVpsThatGetsItsAddressWhileTheAnswerIsRememberedIsHealedAtOnce() {
        Peer api = room.register("api-1", "node-1");
        Healer healer = healer(UnknownClients.RESOLVE);
        healer.unknownClient(NEW);
        answer(api, "vps-1");
        allocate("vps-1", Optional.empty());
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
        assertThat(holderOf(NEW)).hasValue("vps-1");
    }

    @Test
    void theOnlyGatewayAdoptsWhatTheApiKnows() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        Adoptions.Untold first = adoptions.take();
        assertThat(first.made()).extracting(Allocation::vps).containsExactly(VpsId.parse("vps-1"));
        assertThat(first.underWay()).isEmpty();
        assertThat(adoptions.take().vpss()).isEmpty();
    }

    @Test
    void anAdoptionIsKnownToSyncsFromTheMomentThatItCanBeInTheStore() {
        CompletableFuture<Void> published = new CompletableFuture<>();
        Peer api = room.register("api-1", "node-1");
        Bindings slow = new Waiting(ipam) {
            @Override
            public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
                CompletionStage<Outcome<Allocation>> decided = super.allocate(command);
                return published.thenCompose(nothing -> decided);
            }
        };
        healer(UnknownClients.ADOPT, slow).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");

        Adoptions.Untold meanwhile = adoptions.take();
        assertThat(meanwhile.made()).isEmpty();
        assertThat(meanwhile.vpss()).containsExactly(VpsId.parse("vps-1"));

        published.complete(null);
        assertThat(adoptions.take().made()).hasSize(1);
        assertThat(adoptions.take().vpss()).isEmpty();
    }

    @Test
    void anAdoptionThatFailsIsForgotten() {
        Peer api = room.register("api-1", "node-1");
        Bindings broken = new Waiting(ipam) {
            @Override
            public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
                return CompletableFuture.failedFuture(new IllegalStateException("the disk is full"));
            }
        };
        healer(UnknownClients.ADOPT, broken).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(room.heard).contains(Healing.REFUSED);
        assertThat(adoptions.take().vpss()).isEmpty();
    }

    @Test
    void anAdoptedVpsKeepsTheAddressThatItHas() {
        leased(NEW, "10.0.0.25");
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        assertThat(asked(api)).extracting(FindVPSByLeaseRequest::getIp).containsExactly("10.0.0.25");
        answer(api, "vps-1");
        assertThat(ipam.snapshot().at(ip("10.0.0.25"))).isPresent();
    }

    @Test
    void anAdoptedVpsWhoseAddressIsTakenGetsAnother() {
        ipam.allocate(
                        Caller.of("test"),
                        new AllocateCommand(
                                VpsId.parse("other"),
                                OrganizationId.UNKNOWN,
                                Optional.empty(),
                                Optional.of(ip("10.0.0.25"))),
                        Cancellation.NONE)
                .toCompletableFuture()
                .join();
        leased(NEW, "10.0.0.25");
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.ADOPT).unknownClient(NEW);
        answer(api, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        assertThat(room.heard).contains(Healing.ADOPTED);
    }

    @Test
    void leasesAreLookedAtWhenAnApiRegisters() {
        leased(NEW, "10.0.0.25");
        healer(UnknownClients.ADOPT).start();
        Peer api = room.register("api-1", "node-1");
        answer(api, "vps-1");
        assertThat(ipam.snapshot().at(ip("10.0.0.25"))).isPresent();
    }

    @Test
    void everyInstanceIsAskedAndTheFirstWhoKnowsCounts() {
        allocate("vps-1", Optional.of(OLD));
        Peer one = room.register("api-1", "node-1");
        Peer other = room.register("api-2", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        answer(one, "");
        assertThat(holderOf(NEW)).isEmpty();
        answer(other, "vps-1");
        assertThat(holderOf(NEW)).hasValue("vps-1");
        answer(one, "vps-2");
        assertThat(room.heard).containsExactly(QuestionOutcome.FOUND, Healing.REBOUND, QuestionOutcome.LATE);
    }

    @Test
    void aMacIsAskedAboutOnceAtATime() {
        Peer api = room.register("api-1", "node-1");
        Healer healer = healer(UnknownClients.RESOLVE);
        for (int i = 0; i < 1_000; i++) {
            healer.unknownClient(NEW);
        }
        assertThat(asked(api)).hasSize(1);
    }

    @Test
    void noAnswerWithinFifteenSecondsIsNone() {
        Peer api = room.register("api-1", "node-1");
        healer(UnknownClients.RESOLVE).unknownClient(NEW);
        room.pass(Duration.ofSeconds(14));
        assertThat(room.heard).isEmpty();
        room.pass(Duration.ofSeconds(1));
        assertThat(room.heard).containsExactly(QuestionOutcome.UNANSWERED);
        answer(api, "vps-1");
        assertThat(room.heard).containsExactly(QuestionOutcome.UNANSWERED, QuestionOutcome.LATE);
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
        Healer healer = healer(UnknownClients.RESOLVE);
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
        Healer healer = healer(UnknownClients.RESOLVE);
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
        Healer healer = healer(UnknownClients.RESOLVE);
        for (int second = 0; second < 50; second++) {
            healer.unknownClient(NEW);
            healer.unknownClient(OLD);
            answerAll(api, "vps-1");
            tickAndBeat(api);
            healer.tick();
        }
        assertThat(Collections.frequency(room.heard, Healing.REBOUND)).isLessThanOrEqualTo(3);
    }

    @Test
    void inventedMacsCostABoundedNumberOfQuestions() {
        Peer api = room.register("api-1", "node-1");
        Healer healer = healer(UnknownClients.RESOLVE);
        for (int i = 0; i < 1_000; i++) {
            healer.unknownClient(new MacAddress(0x020000010000L + i));
        }
        assertThat(asked(api)).hasSize(Healer.MOST_QUESTIONS_A_SECOND);
        for (int i = 0; i < 9; i++) {
            healer.tick();
            for (int mac = 0; mac < 1_000; mac++) {
                healer.unknownClient(new MacAddress(0x020000010000L + mac));
            }
        }
        assertThat(asked(api)).hasSizeLessThanOrEqualTo(Healer.MOST_QUESTIONS);
    }

    @Test
    void withoutAnApiNothingHappensAndNothingIsForgotten() {
        Healer healer = healer(UnknownClients.ADOPT);
        healer.unknownClient(NEW);
        assertThat(room.heard).containsExactly(QuestionOutcome.NOBODY_TO_ASK);
        Peer api = room.register("api-1", "node-1");
        healer.unknownClient(NEW);
        assertThat(asked(api)).hasSize(1);
    }

    private Healer healer(UnknownClients mode) {
        return healer(mode, new Waiting(ipam));
    }

    private Healer healer(UnknownClients mode, Bindings bindings) {
        return new Healer(mode, room.links, ipam::snapshot, () -> leases, bindings, adoptions, room, room.time);
    }

    /** Carries out at once, so that a test sees the effect when the answer has been given. */
    private static class Waiting implements Bindings {
        private static final Caller CALLER = Caller.of("test");

        private final Ipam ipam;

        Waiting(Ipam ipam) {
            this.ipam = ipam;
        }

        @Override
        public CompletionStage<Outcome<Allocation>> rebind(RebindCommand command) {
            return ended(ipam.rebind(CALLER, command, Cancellation.NONE));
        }

        @Override
        public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
            return ended(ipam.allocate(CALLER, command, Cancellation.NONE));
        }

        private static <T> CompletionStage<T> ended(CompletionStage<T> stage) {
            return CompletableFuture.completedFuture(stage.toCompletableFuture().join());
        }
    }

    private void tickAndBeat(Peer api) {
        api.say("heartbeat");
        room.pass(Duration.ofSeconds(1));
    }

    private void leased(MacAddress mac, String address) {
        leases = new LeaseSnapshot(
                List.of(new Lease(mac, ip(address), Optional.empty(), Optional.empty())), List.of(), Instant.EPOCH);
    }

    private void allocate(String vps, Optional<MacAddress> mac) {
        assertThat(ipam.allocate(
                                Caller.of("test"),
                                new AllocateCommand(VpsId.parse(vps), OrganizationId.UNKNOWN, mac, Optional.empty()),
                                Cancellation.NONE)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Done.class);
    }

    private Optional<String> holderOf(MacAddress mac) {
        return ipam.snapshot().ofMac(mac).map(allocation -> allocation.vps().toString());
    }

    private static List<FindVPSByLeaseRequest> asked(Peer api) {
        return api.received("request").stream()
                .map(GatewayMessage::getRequest)
                .map(HealerTest::read)
                .toList();
    }

    private static FindVPSByLeaseRequest read(GatewayRequest request) {
        assertThat(request.getMethod()).isEqualTo("FindVPSByLease");
        try {
            return FindVPSByLeaseRequest.parseFrom(request.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    private static String macOf(FindVPSByLeaseRequest question) {
        return question.getMac();
    }

    /** Answers the latest question. */
    private static void answer(Peer api, String vps) {
        respond(api, FindVPSByLeaseResponse.newBuilder().setVpsId(vps).build().toByteString());
    }

    private static void answerAll(Peer api, String vps) {
        List<GatewayMessage> questions = List.copyOf(api.received("request"));
        questions.forEach(question -> respond(
                api,
                question.getRequest().getRequestId(),
                FindVPSByLeaseResponse.newBuilder().setVpsId(vps).build().toByteString()));
    }

    private static void respond(Peer api, ByteString payload) {
        List<GatewayMessage> questions = api.received("request");
        respond(api, questions.get(questions.size() - 1).getRequest().getRequestId(), payload);
    }

    private static void respond(Peer api, String id, ByteString payload) {
        api.say(GatewayMessage.newBuilder()
                .setType("response")
                .setResponse(GatewayResponse.newBuilder()
                        .setRequestId(id)
                        .setSuccess(true)
                        .setPayload(payload))
                .build());
    }

    private static Ipv4Address ip(String text) {
        return Ipv4Address.parse(text);
    }
}
