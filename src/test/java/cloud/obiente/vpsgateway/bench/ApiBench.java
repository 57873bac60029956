package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static cloud.obiente.vpsgateway.bench.Figures.percentile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.bench.UnaryLoad.Protocol;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** What the API asks of the gateway: over Connect, over links, and while a VPS misbehaves. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ApiBench {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final int ROUNDS = 3;
    private static final Duration ROUND = Duration.ofSeconds(3);

    @Test
    @Order(1)
    void connectAgainstGrpc() {
        try (Lab lab = Lab.create();
                GatewayProcess gateway = GatewayProcess.start(AddressBench.settings("bench-unary"));
                GatewayClient client = gateway.awaitReady().client();
                UnaryLoad load = new UnaryLoad()) {
            IntStream.range(0, 20).forEach(i -> client.calls().allocateIP(AddressBench.allocation(i)));
            compare(load, "GetGatewayInfo", new byte[0]);
            compare(load, "ListIPs", ListIPsRequest.getDefaultInstance().toByteArray());
            assertThat(lab.dig("vps-1.vps.local").addresses()).hasSize(1);
            gateway.terminate();
        }
    }

    private static void compare(UnaryLoad load, String method, byte[] message) {
        double[] connect = new double[ROUNDS];
        double[] grpc = new double[ROUNDS];
        rate(load, Protocol.CONNECT, method, message);
        rate(load, Protocol.GRPC, method, message);
        for (int round = 0; round < ROUNDS; round++) {
            connect[round] = rate(load, Protocol.CONNECT, method, message);
            grpc[round] = rate(load, Protocol.GRPC, method, message);
        }
        Figures.print(
                method + " over Connect, 64 at once, against gRPC",
                format(
                        "%.0f/s against %.0f/s: %.0f %%",
                        median(connect), median(grpc), 100 * median(connect) / median(grpc)),
                "≥ 80 %");
    }

    private static double rate(UnaryLoad load, Protocol protocol, String method, byte[] message) {
        return load.perSecond(protocol, method, message, 64, ROUND);
    }

    @Test
    @Order(2)
    void sixtyFourLinks() {
        int count = 64;
        List<ApiInstance> links = new ArrayList<>();
        try (Lab lab = Lab.create();
                GatewayProcess gateway = GatewayProcess.start(AddressBench.settings("bench-links"));
                GatewayClient client = gateway.awaitReady().client()) {
            for (int i = 0; i < count; i++) {
                client.calls().allocateIP(AddressBench.allocation(i));
                links.add(instance("api-" + i, question -> Optional.empty()));
            }
            links.forEach(ApiInstance::awaitRegistered);
            steadyRequests(links, Duration.ofSeconds(5));
            double[] millis = steadyRequests(links, Duration.ofSeconds(10));
            Figures.print(
                    "64 links with 20 requests/s each, a tenth of them AllocateIP",
                    format(
                            "%.0f/s, median %.1f ms, p99 %.1f ms",
                            millis.length / 10.0, median(millis), percentile(millis, 0.99)),
                    "p99 ≤ 100 ms");
            assertThat(lab.dig("vps-1.vps.local").addresses()).hasSize(1);
            gateway.terminate();
        } finally {
            links.forEach(ApiInstance::close);
        }
    }

    /** At their times, whether or not the ones before have been answered; each is measured from its time. */
    private static double[] steadyRequests(List<ApiInstance> links, Duration duration) {
        long total = 20L * links.size() * duration.toSeconds();
        Queue<Double> millis = new ConcurrentLinkedQueue<>();
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        long begun = System.nanoTime();
        for (int i = 0; i < total; i++) {
            long due = begun + i * duration.toNanos() / total;
            while (System.nanoTime() - due < 0) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            answers.add(
                    request(links.get(i % links.size()), i).thenRun(() -> millis.add((System.nanoTime() - due) / 1e6)));
        }
        answers.forEach(CompletableFuture::join);
        return millis.stream().mapToDouble(Double::doubleValue).toArray();
    }

    private static CompletableFuture<?> request(ApiInstance link, int number) {
        int vps = number % 64;
        CompletableFuture<GatewayResponse> answer = number % 10 == 0
                ? link.request("AllocateIP", AddressBench.allocation(vps))
                : link.request(
                        "ListIPs",
                        ListIPsRequest.newBuilder().setVpsId("vps-" + vps).build());
        return answer.thenAccept(response -> assertThat(response.getError()).isEmpty());
    }

    @Test
    @Order(3)
    void syncOfFourThousand() {
        try (Lab lab = Lab.create();
                GatewayProcess gateway = GatewayProcess.start(AddressBench.largeSettings("bench-sync"))) {
            gateway.awaitReady();
            List<DesiredAllocation> table =
                    IntStream.range(0, 4_000).mapToObj(ApiBench::desired).toList();
            try (ApiInstance api = instance("api-1", question -> Optional.empty())) {
                api.awaitRegistered();
                assertThat(sync(api, table).getAdded()).isEqualTo(4_000);
                assertThat(lab.dig("vps-1.vps.local").addresses()).hasSize(1);
                for (int i = 0; i < 5; i++) {
                    sync(api, table);
                }
                double reloads = metric(gateway, "vps_gateway_dhcp_reload_seconds_count");
                double[] millis = new double[30];
                for (int i = 0; i < millis.length; i++) {
                    long begun = System.nanoTime();
                    assertThat(sync(api, table).getAdded()).isZero();
                    millis[i] = (System.nanoTime() - begun) / 1e6;
                }
                Figures.print(
                        "sync of 4,000 unchanged entries over a link",
                        format(
                                "median %.0f ms, p99 %.0f ms, %.0f reloads",
                                median(millis),
                                percentile(millis, 0.99),
                                metric(gateway, "vps_gateway_dhcp_reload_seconds_count") - reloads),
                        "≤ 200 ms, no reload");
            }
            gateway.terminate();
        }
    }

    private static SyncAllocationsResponse sync(ApiInstance api, Collection<DesiredAllocation> table) {
        api.sync(List.copyOf(table));
        return api.awaitSyncResult();
    }

    private static DesiredAllocation desired(int number) {
        AllocateIPRequest like = AddressBench.allocation(number);
        return DesiredAllocation.newBuilder()
                .setVpsId(like.getVpsId())
                .setOrganizationId(like.getOrganizationId())
                .setMacAddress(like.getMacAddress())
                .setIpAddress(Ipv4Address.parse("10.15.16.1").plus(number).toString())
                .build();
    }

    @Test
    @Order(4)
    void aMisbehavingVps() throws Exception {
        Map<String, Queue<Long>> questions = new ConcurrentHashMap<>();
        try (Lab lab = Lab.create();
                GatewayProcess gateway = GatewayProcess.start(AddressBench.settings("bench-flood"));
                GatewayClient client = gateway.awaitReady().client();
                ApiInstance api = instance("api-1", question -> nobodys(question, questions))) {
            api.awaitRegistered();
            Vps vps = bootedVps(lab, client);
            AddressBench.pairs(client, 5);
            double[] quiet = new double[ROUNDS];
            double[] flooded = new double[ROUNDS];
            double heard = 0;
            for (int round = 0; round < ROUNDS; round++) {
                quiet[round] = pairsPerSecond(client, 8);
                double before = unknownClients(gateway);
                CompletableFuture<Void> flood =
                        Background.run("flood", () -> vps.forgeDiscovers(100, 1_000, Duration.ofSeconds(10)));
                await().until(() -> unknownClients(gateway) > before);
                flooded[round] = pairsPerSecond(client, 8);
                flood.join();
                heard = unknownClients(gateway) - before;
            }
            Figures.print(
                    "1,000 DISCOVERs/s of 100 unknown MACs for 10 s: questions to the API",
                    format(
                            "%.0f DISCOVERs, at most %d question per MAC and second, %.1f per MAC in all",
                            heard,
                            mostInASecond(questions.values()),
                            questions.values().stream().mapToInt(Queue::size).sum()
                                    / (double) questions.size()
                                    / ROUNDS),
                    "≤ 1 per MAC and second");
            Figures.print(
                    "allocate + release from 64 callers meanwhile",
                    format(
                            "%.0f pairs/s against %.0f pairs/s without: %.0f %%",
                            median(flooded), median(quiet), 100 * median(flooded) / median(quiet)),
                    "≥ 80 %");
            gateway.terminate();
        }
    }

    private static Vps bootedVps(Lab lab, GatewayClient client) {
        MacAddress mac = MacAddress.parse("02:00:00:00:fe:01");
        client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId("vps-misbehaving")
                        .setMacAddress(mac.toString())
                        .build());
        Vps vps = lab.vps("vps-misbehaving", mac);
        assertThat(vps.udhcpcOnce()).isPresent();
        return vps;
    }

    private static double pairsPerSecond(GatewayClient client, int seconds) throws Exception {
        return AddressBench.pairs(client, seconds).size() / 2.0 / seconds;
    }

    private static Optional<FindVPSByLeaseResponse> nobodys(
            FindVPSByLeaseRequest question, Map<String, Queue<Long>> questions) {
        questions
                .computeIfAbsent(question.getMac(), mac -> new ConcurrentLinkedQueue<>())
                .add(System.nanoTime());
        return Optional.of(FindVPSByLeaseResponse.getDefaultInstance());
    }

    private static int mostInASecond(Collection<Queue<Long>> timesByMac) {
        int most = 0;
        for (Queue<Long> times : timesByMac) {
            for (long begin : times) {
                most = Math.max(most, (int) times.stream()
                        .filter(time -> time >= begin && time - begin < 1_000_000_000L)
                        .count());
            }
        }
        return most;
    }

    private static double unknownClients(GatewayProcess gateway) {
        return metric(gateway, "vps_gateway_dhcp_unknown_clients_total");
    }

    private static double metric(GatewayProcess gateway, String name) {
        Matcher line = Pattern.compile("(?m)^" + Pattern.quote(name) + " (\\S+)$")
                .matcher(gateway.get("/metrics").asString());
        return line.find() ? Double.parseDouble(line.group(1)) : 0;
    }

    private static ApiInstance instance(
            String id, Function<FindVPSByLeaseRequest, Optional<FindVPSByLeaseResponse>> database) {
        return new ApiInstance(ENDPOINT, GatewayProcess.SECRET, id, "node-1", database);
    }
}
