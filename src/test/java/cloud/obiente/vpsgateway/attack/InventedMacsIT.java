package cloud.obiente.vpsgateway.attack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.VirtualNic;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A VPS that asks for addresses in the name of ever new MACs, on a bridge with others that boot with NICs that nobody knows.
 */
class InventedMacsIT {
    private static final int BOOTING = Effort.of(8, 50);
    private static final int FLOOD_PER_TICK = 20;
    private static final Duration TICK = Duration.ofMillis(100);
    private static final Duration API_TIME = Duration.ofSeconds(2);
    /** Of one instance. */
    private static final int MAX_AT_ONCE = 8;

    /** They share a database, as the deployed ones do. */
    private static final List<String> INSTANCES = List.of("api-1", "api-2");

    private static final int PER_SECOND = 4;
    private static final Ipv4Address NONE = new Ipv4Address(0);
    private static final Ipv4Address EVERYBODY = Ipv4Address.parse("255.255.255.255");

    private final Map<String, String> vpsOf = new ConcurrentHashMap<>();
    private final Queue<Question> asked = new ConcurrentLinkedQueue<>();

    private final AtomicInteger found = new AtomicInteger();
    private final AtomicInteger invented = new AtomicInteger();
    private final List<ApiInstance> instances = new ArrayList<>();
    private final ScheduledExecutorService flood = Executors.newSingleThreadScheduledExecutor();
    private final ExecutorService answers = Executors.newSingleThreadExecutor();
    private Lab lab;
    private GatewayProcess gateway;

    /** @param at in nanoseconds */
    private record Question(String instance, long at) {}

    @BeforeEach
    void start() {
        lab = Lab.createOnNode();
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("invented-macs").resolve("state"));
        settings.put("GATEWAY_DHCP_INTERFACE", Lab.BRIDGE);
        gateway = GatewayProcess.start(settings).awaitReady();
    }

    @AfterEach
    void stop() {
        flood.shutdownNow();
        answers.shutdownNow();
        instances.forEach(ApiInstance::close);
        gateway.close();
        lab.close();
    }

    @Test
    void doNotKeepRealVpssFromTheirAddressesAndCostTheApiLittle() {
        try (GatewayClient client = gateway.client();
                VirtualNic hostile = lab.vps("mallory", MacAddress.parse("02:00:00:00:66:66"))
                        .nic()) {
            // Given
            INSTANCES.forEach(id -> instances.add(instance(id)));
            instances.forEach(ApiInstance::awaitRegistered);
            List<Vps> booting = IntStream.rangeClosed(1, BOOTING)
                    .mapToObj(number -> allocated(client, number))
                    .toList();
            ScheduledFuture<?> flooding = flood.scheduleAtFixedRate(
                    () -> hostile.send(discoversOfInventedMacs()), 0, TICK.toMillis(), TimeUnit.MILLISECONDS);
            await().until(() -> gateway.get("/metrics").body().asString(), text -> waiting(text) > 100);
            long begun = System.nanoTime();
            int askedBefore = asked.size();

            // When
            CompletableFuture.allOf(booting.stream()
                            .map(vps -> Background.run("boot", () -> vps.startClient(DhcpClient.UDHCPC)))
                            .toArray(CompletableFuture[]::new))
                    .join();

            // Then
            await().atMost(Duration.ofMinutes(2))
                    .until(() -> booting.stream().allMatch(vps -> vps.lease().isPresent()));
            double seconds = (System.nanoTime() - begun) / 1e9;
            flooding.cancel(false);
            System.out.printf(
                    "%d VPSs had their addresses after %.1f s; %d questions%n",
                    BOOTING, seconds, asked.size() - askedBefore);
            assertThat(asked.size() - askedBefore)
                    .isLessThanOrEqualTo((int) (PER_SECOND * seconds) + MAX_AT_ONCE + found.get());
            assertThat(INSTANCES).allMatch(id -> mostAtOnce(id) <= MAX_AT_ONCE);
        }
    }

    /** A VPS that boots with another MAC than it was allocated for. */
    private Vps allocated(GatewayClient client, int number) {
        String name = "vps-" + number;
        client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId(name)
                        .setOrganizationId("org-1")
                        .setMacAddress(new MacAddress(0x00163e000000L + number).toString())
                        .build());
        MacAddress actual = new MacAddress(0x020000000100L + number);
        vpsOf.put(actual.toString(), name);
        return lab.vps(name, actual);
    }

    private ApiInstance instance(String id) {
        return ApiInstance.answeringLater(
                URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT),
                GatewayProcess.SECRET,
                id,
                "node-1",
                question -> answer(id, question));
    }

    private CompletionStage<Optional<FindVPSByLeaseResponse>> answer(String instance, FindVPSByLeaseRequest question) {
        asked.add(new Question(instance, System.nanoTime()));
        return CompletableFuture.supplyAsync(
                () -> whose(question),
                CompletableFuture.delayedExecutor(API_TIME.toMillis(), TimeUnit.MILLISECONDS, answers));
    }

    private Optional<FindVPSByLeaseResponse> whose(FindVPSByLeaseRequest question) {
        String vps = vpsOf.getOrDefault(question.getMac(), "");
        found.addAndGet(vps.isEmpty() ? 0 : 1);
        return Optional.of(FindVPSByLeaseResponse.newBuilder().setVpsId(vps).build());
    }

    private List<String> discoversOfInventedMacs() {
        return IntStream.range(0, FLOOD_PER_TICK)
                .mapToObj(any -> new MacAddress(0x060000000000L + invented.incrementAndGet()))
                .map(mac -> Ipv4Packet.udp(
                                NONE,
                                DhcpMessage.CLIENT_PORT,
                                EVERYBODY,
                                DhcpMessage.SERVER_PORT,
                                DhcpMessage.discover(mac).octets(new byte[0]))
                        .in(mac, Frame.BROADCAST)
                        .hex())
                .toList();
    }

    private static double waiting(String metrics) {
        return metrics.lines()
                .filter(line -> line.startsWith("vps_gateway_api_questions_waiting "))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElse(0);
    }

    /** Each question is being worked on for the API's time, less what the clocks of two processes may differ by. */
    private long mostAtOnce(String instance) {
        long span = API_TIME.minusMillis(100).toNanos();
        List<Long> times = asked.stream()
                .filter(question -> question.instance().equals(instance))
                .map(Question::at)
                .toList();
        return IntStream.range(0, times.size())
                .mapToLong(last -> times.stream()
                        .limit(last + 1L)
                        .filter(at -> at > times.get(last) - span)
                        .count())
                .max()
                .orElse(0);
    }
}
