package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.ApiProcess;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Seed;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two API instances, processes of which one or the other is killed while it syncs and allocates, and comes back. */
class ApiRestartIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final int KILLS = Effort.of(10, 50);
    private static final int BURST = 4;
    /** Even, so that the one that is started for the instance killed now takes the same instance's place later. */
    private static final int SPARE = 2;

    private static final String NODE = "node-1";

    private final World world = World.create("api-restart")
            .with("GATEWAY_RECONCILE_INTERVAL", "1s")
            .with("GATEWAY_DHCP_QUARANTINE", "0s")
            .with("GATEWAY_SYNC_GRACE", "1s");
    /** What instances were answered and have not given up since: their common database. */
    private final Map<String, Holding> database = new ConcurrentHashMap<>();

    private final Path log = Sandbox.directory("api-restart-instances").resolve("errors");
    private final List<ApiProcess> instances = new ArrayList<>();
    private final ArrayDeque<ApiProcess> spare = new ArrayDeque<>();
    private int vpss;

    @AfterEach
    void stop() {
        spare.forEach(ApiProcess::close);
        instances.forEach(ApiProcess::close);
        world.close();
    }

    @Test
    void killsDuringAllocationsAndSyncsLoseAndDoubleNothing() {
        Random random = Seed.random(ApiRestartIT.class);
        world.start();
        Vps unknownClient = world.vps("unknown", MacAddress.parse("02:00:00:00:fe:01"));
        unknownClient.startClient(DhcpClient.UDHCPC);
        for (int number = 0; number < SPARE; number++) {
            spare.add(process(number));
        }
        instances.add(next(0));
        instances.add(next(1));

        for (int kill = 0; kill < KILLS; kill++) {
            int victim = kill % instances.size();
            AtomicInteger answers = syncAndAllocate(instances.get(victim));
            int timeout = random.nextInt(BURST + 1);
            await().pollInterval(Duration.ofMillis(5)).until(() -> answers.get() >= timeout);

            instances.get(victim).kill9();

            await().pollInterval(Duration.ofMillis(5)).until(() -> world.metric("vps_gateway_api_links") == 1);
            assertThat(world.listed()).extracting(Holding::address).doesNotHaveDuplicates();
            assertThat(world.listed()).containsAll(database.values());
            instances.set(victim, next(victim));
        }

        await().until(() -> world.metric("vps_gateway_api_links") == instances.size()
                && world.metric("vps_gateway_api_requests_running") == 0);
        unknownClient.stopClient();
        // What the last one killed had asked for is worked on for some seconds more. What the instances have left out
        // since
        // is too much to be believed: all of that stays.
        await().untilAsserted(() -> {
            syncAll();
            assertThat(world.listed()).containsAll(database.values());
        });
        world.assertEverythingAgrees();
        instances.forEach(ApiProcess::kill9);
        await().until(() -> world.metric("vps_gateway_api_links") == 0
                && world.metric("vps_gateway_api_requests_running") == 0
                && world.metric("vps_gateway_api_questions_pending") == 0);
    }

    /** By an instance that lives in this process and is told the result. */
    private void syncAll() {
        try (ApiInstance last =
                new ApiInstance(ENDPOINT, GatewayProcess.SECRET, "api-last", NODE, question -> Optional.empty())) {
            last.awaitRegistered();
            last.sync(database.values().stream().map(Api::desired).toList());
            assertThat(last.awaitSyncResult().getSuccess()).isTrue();
        }
    }

    /**
     * The list goes first, on the same link: so it cannot come in after the answers, of which it knows nothing. One VPS is
     * left out of it, and what is answered later goes into the database.
     *
     * @return how many allocations have been answered
     */
    private AtomicInteger syncAndAllocate(ApiProcess api) {
        database.keySet().stream().findFirst().ifPresent(database::remove);
        api.sync(database.values().stream().map(Api::desired).toList());
        AtomicInteger answers = new AtomicInteger();
        for (int i = 0; i < BURST; i++) {
            String vps = "vps-" + vpss;
            MacAddress mac = new MacAddress(0x020000000000L + vpss);
            vpss++;
            AllocateIPRequest request = AllocateIPRequest.newBuilder()
                    .setVpsId(vps)
                    .setOrganizationId(Api.ORGANIZATION)
                    .setMacAddress(mac.toString())
                    .build();
            api.request("AllocateIP", request, response -> {
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

    /** In the place of the one that was killed. It was started some kills ago, because a process takes its time for that. */
    private ApiProcess next(int number) {
        spare.add(process(number));
        ApiProcess next = spare.remove();
        next.register();
        return next;
    }

    private ApiProcess process(int number) {
        return ApiProcess.start(ENDPOINT, GatewayProcess.SECRET, "api-" + number, NODE, log);
    }
}
