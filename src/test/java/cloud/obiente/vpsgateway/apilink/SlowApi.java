package cloud.obiente.vpsgateway.apilink;

import static cloud.obiente.vpsgateway.apilink.MacResolverFixture.read;
import static cloud.obiente.vpsgateway.apilink.MacResolverFixture.respond;

import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.apilink.LinkFixture.Peer;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** An instance that needs a while for each answer, by a clock that a test moves. */
final class SlowApi {
    private record Working(GatewayRequest question, Instant begun) {}

    final Peer peer;
    final Map<MacAddress, String> vpsOf = new HashMap<>();
    final Map<MacAddress, Instant> askedAt = new HashMap<>();
    private final LinkFixture fixture;
    private final Duration time;
    private final List<Working> working = new ArrayList<>();
    private int taken;
    int mostAtOnce;

    SlowApi(LinkFixture fixture, Peer peer, Duration time) {
        this.fixture = fixture;
        this.peer = peer;
        this.time = time;
    }

    int asked() {
        takeNew();
        return taken;
    }

    /** Takes what was asked, answers what is due. */
    void work() {
        takeNew();
        for (Working work : List.copyOf(working)) {
            if (!fixture.steady.now.isBefore(work.begun().plus(time))) {
                working.remove(work);
                MacAddress mac = MacAddress.parse(read(work.question()).getMac());
                respond(
                        peer,
                        work.question().getRequestId(),
                        FindVPSByLeaseResponse.newBuilder()
                                .setVpsId(vpsOf.getOrDefault(mac, ""))
                                .build()
                                .toByteString());
                takeNew();
            }
        }
    }

    private void takeNew() {
        List<GatewayMessage> questions = peer.received("request");
        for (; taken < questions.size(); taken++) {
            GatewayRequest question = questions.get(taken).getRequest();
            working.add(new Working(question, fixture.steady.now));
            askedAt.putIfAbsent(MacAddress.parse(read(question).getMac()), fixture.steady.now);
        }
        mostAtOnce = Math.max(mostAtOnce, working.size());
    }
}
