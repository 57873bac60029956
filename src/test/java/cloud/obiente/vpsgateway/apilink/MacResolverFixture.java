package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
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
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A healer with links to instances of the API, over real allocations. */
abstract class MacResolverFixture {
    static final MacAddress OLD = MacAddress.parse("02:00:00:00:00:01");
    static final MacAddress NEW = MacAddress.parse("02:00:00:00:00:02");

    static final Duration LEASE_TIME = Duration.ofHours(1);

    final LinkFixture fixture = new LinkFixture();

    @TempDir
    Path directory;

    Ipam ipam;
    LeaseSnapshot leases = LeaseSnapshot.UNREAD;
    /** NICs that get a public address by DHCP. */
    final Set<MacAddress> servedPublicly = new HashSet<>();

    @BeforeEach
    void open() {
        ipam = Ipam.open(
                new IpamSettings(
                        new AddressPool(new Ipv4Range(ip("10.0.0.10"), ip("10.0.0.30")), Set.of()), Duration.ZERO),
                SqliteAllocationStore.open(directory.resolve("ipam.sqlite")),
                fixture.time,
                Thread::new);
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    MacResolver resolver(UnknownClients mode) {
        return resolver(mode, new Waiting(ipam));
    }

    MacResolver resolver(UnknownClients mode, MacBinder bindings) {
        return fixture.withResolver(new MacResolver(
                mode,
                LEASE_TIME,
                fixture.links,
                ipam::snapshot,
                () -> leases,
                servedPublicly::contains,
                bindings,
                fixture,
                fixture.time));
    }

    /** Carries out at once, so that a test sees the effect when the answer has been given. */
    static class Waiting implements MacBinder {
        private static final Caller CALLER = Caller.of("test");

        private final Ipam ipam;

        Waiting(Ipam ipam) {
            this.ipam = ipam;
        }

        @Override
        public CompletionStage<Outcome<Allocation>> rebind(RebindCommand command) {
            return ended(ipam.submit(CALLER, command, Cancellation.NONE));
        }

        @Override
        public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
            return ended(ipam.submit(CALLER, command, Cancellation.NONE));
        }

        private static <T> CompletionStage<T> ended(CompletionStage<T> stage) {
            return CompletableFuture.completedFuture(stage.toCompletableFuture().join());
        }
    }

    void tickAndBeat(Peer api) {
        api.say("heartbeat");
        fixture.pass(Duration.ofSeconds(1));
    }

    void leased(MacAddress mac, String address) {
        leases = leases(new Lease(mac, ip(address), Optional.empty(), Optional.empty()));
    }

    void leasedNow(MacAddress mac, String address) {
        leases = leases(new Lease(
                mac,
                ip(address),
                Optional.empty(),
                Optional.of(fixture.time.instant().plus(LEASE_TIME).plusSeconds(1))));
    }

    private static LeaseSnapshot leases(Lease only) {
        return new LeaseSnapshot(List.of(only), List.of(), Instant.EPOCH);
    }

    void allocate(String vps, Optional<MacAddress> mac) {
        assertThat(ipam.submit(
                                Caller.of("test"),
                                new AllocateCommand(VpsId.parse(vps), OrganizationId.UNKNOWN, mac, Optional.empty()),
                                Cancellation.NONE)
                        .toCompletableFuture()
                        .join())
                .isInstanceOf(Outcome.Done.class);
    }

    Optional<String> holderOf(MacAddress mac) {
        return ipam.snapshot().ofMac(mac).map(allocation -> allocation.vps().toString());
    }

    static List<FindVPSByLeaseRequest> asked(Peer api) {
        return api.received("request").stream()
                .map(GatewayMessage::getRequest)
                .map(MacResolverFixture::read)
                .toList();
    }

    static FindVPSByLeaseRequest read(GatewayRequest request) {
        assertThat(request.getMethod()).isEqualTo("FindVPSByLease");
        try {
            return FindVPSByLeaseRequest.parseFrom(request.getPayload());
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    static String macOf(FindVPSByLeaseRequest question) {
        return question.getMac();
    }

    /** Answers the latest question. */
    static void answer(Peer api, String vps) {
        respond(api, FindVPSByLeaseResponse.newBuilder().setVpsId(vps).build().toByteString());
    }

    static void answerAll(Peer api, String vps) {
        List<GatewayMessage> questions = List.copyOf(api.received("request"));
        questions.forEach(question -> respond(
                api,
                question.getRequest().getRequestId(),
                FindVPSByLeaseResponse.newBuilder().setVpsId(vps).build().toByteString()));
    }

    static void respond(Peer api, ByteString payload) {
        List<GatewayMessage> questions = api.received("request");
        respond(api, questions.get(questions.size() - 1).getRequest().getRequestId(), payload);
    }

    static void respond(Peer api, String id, ByteString payload) {
        api.say(GatewayMessage.newBuilder()
                .setType("response")
                .setResponse(GatewayResponse.newBuilder()
                        .setRequestId(id)
                        .setSuccess(true)
                        .setPayload(payload))
                .build());
    }

    static Ipv4Address ip(String text) {
        return Ipv4Address.parse(text);
    }
}
