package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two API instances, of which one or the other is killed while it syncs and allocates, and comes back. */
class ApiRestartIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final int KILLS = 50;
    private static final int BURST = 4;

    private final World world =
            World.create("api-restart").with("GATEWAY_RECONCILE_INTERVAL", "1s").with("GATEWAY_DHCP_QUARANTINE", "0s");
    /** What instances were answered and have not given up since: their common database. */
    private final Map<String, Holding> database = new ConcurrentHashMap<>();

    private int vpss;

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void fiftyKillsDuringAllocationsAndSyncsLoseAndDoubleNothing() {
        Random random = new Random();
        world.start();
        Vps stranger = world.vps("stranger", MacAddress.parse("02:00:00:00:fe:01"));
        stranger.startClient(DhcpClient.UDHCPC);
        List<ApiInstance> instances = new ArrayList<>(List.of(instance(0), instance(1)));
        instances.forEach(ApiInstance::awaitRegistered);

        for (int kill = 0; kill < KILLS; kill++) {
            int victim = kill % instances.size();
            AtomicInteger answers = syncAndAllocate(instances.get(victim));
            int patience = random.nextInt(BURST + 1);
            await().until(() -> answers.get() >= patience);

            instances.get(victim).close();

            await().until(() -> world.metric("vps_gateway_api_links") == 1);
            assertThat(world.listed()).extracting(Holding::address).doesNotHaveDuplicates();
            assertThat(world.listed()).containsAll(database.values());
            instances.set(victim, instance(victim));
            instances.get(victim).awaitRegistered();
        }

        await().until(() -> world.metric("vps_gateway_api_links") == 2);
        stranger.stopClient();
        ApiInstance last = instances.get(0);
        last.sync(database.values().stream().map(Api::desired).toList());
        assertThat(last.awaitSyncResult().getSuccess()).isTrue();
        assertThat(world.assertEverythingAgrees()).containsExactlyInAnyOrderElementsOf(database.values());
        instances.forEach(ApiInstance::close);
        await().until(() -> world.metric("vps_gateway_api_links") == 0
                && world.metric("vps_gateway_api_requests_running") == 0
                && world.metric("vps_gateway_api_questions_pending") == 0);
    }

    /**
     * The list goes first, on the same link: so it cannot come in after the answers, of which it knows nothing. One VPS is
     * left out of it, and what is answered later goes into the database.
     *
     * @return how many allocations have been answered
     */
    private AtomicInteger syncAndAllocate(ApiInstance api) {
        database.keySet().stream().findFirst().ifPresent(database::remove);
        api.sync(database.values().stream().map(Api::desired).toList());
        AtomicInteger answers = new AtomicInteger();
        for (int i = 0; i < BURST; i++) {
            String vps = "vps-" + vpss;
            MacAddress mac = new MacAddress(0x020000000000L + vpss);
            vpss++;
            CompletableFuture<Void> unused = api.request(
                            "AllocateIP",
                            AllocateIPRequest.newBuilder()
                                    .setVpsId(vps)
                                    .setOrganizationId(Api.ORGANIZATION)
                                    .setMacAddress(mac.toString())
                                    .build())
                    .thenAccept(response -> {
                        database.put(vps, new Holding(vps, addressIn(response), mac));
                        answers.incrementAndGet();
                    });
        }
        return answers;
    }

    private static Ipv4Address addressIn(GatewayResponse response) {
        try {
            assertThat(response.getError()).isEmpty();
            return Ipv4Address.parse(
                    AllocateIPResponse.parseFrom(response.getPayload()).getIpAddress());
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Nobody answers about the stranger, so that there is always a question pending. */
    private static ApiInstance instance(int number) {
        return new ApiInstance(
                ENDPOINT, GatewayProcess.SECRET, "api-" + number, "node-1", question -> Optional.empty());
    }
}
