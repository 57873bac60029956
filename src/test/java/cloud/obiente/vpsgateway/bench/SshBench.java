package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static cloud.obiente.vpsgateway.bench.Figures.percentile;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** ProxySSH against a plain TCP relay and a direct connection, on loopback; the VPSs are threads of this process. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SshBench {
    private static final long GIBIBYTE = 1 << 30;
    private static final byte[] PIECE = new byte[32 << 10];
    private static final int ROUNDS = 3;

    private final Lab lab = Lab.create();
    /** Reads all, then says one byte. */
    private final FakeVps sink = new FakeVps(socket -> {
        byte[] buffer = new byte[64 << 10];
        while (socket.getInputStream().read(buffer) >= 0) {}
        socket.getOutputStream().write(1);
    });

    private final FakeVps source = new FakeVps(socket -> {
        OutputStream out = socket.getOutputStream();
        for (long sent = 0; sent < GIBIBYTE; sent += PIECE.length) {
            out.write(PIECE);
        }
    });
    private final FakeVps echo = FakeVps.echo();
    private GatewayProcess gateway;
    private ProxyClient grpc;
    private ProxyClient connect;
    private ProxyClient grpcByConnectsClient;

    @BeforeAll
    void start() {
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("bench-ssh").resolve("state"));
        settings.put("GATEWAY_SSH_ALLOWED_TARGETS", "127.0.0.0/8");
        settings.put("GATEWAY_SSH_ALLOWED_PORTS", "1-65535");
        gateway = GatewayProcess.start(settings).awaitReady();
        grpc = ProxyClient.grpc(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
        connect = ProxyClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
        grpcByConnectsClient = ProxyClient.grpcByConnectsClient(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
    }

    @AfterAll
    void stop() {
        grpc.close();
        connect.close();
        grpcByConnectsClient.close();
        gateway.close();
        lab.close();
        List.of(sink, source, echo).forEach(FakeVps::close);
    }

    private interface Way {
        Pipe open(int port) throws IOException;
    }

    private static double upload(Way way, int sink) throws IOException {
        long begun = System.nanoTime();
        try (Pipe pipe = way.open(sink)) {
            for (long sent = 0; sent < GIBIBYTE; sent += PIECE.length) {
                pipe.send(PIECE);
            }
            pipe.finish();
            pipe.awaitReceived(1);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    private static double download(Way way, int source) throws IOException {
        long begun = System.nanoTime();
        try (Pipe pipe = way.open(source)) {
            pipe.awaitReceived(GIBIBYTE);
        }
        return (System.nanoTime() - begun) / 1e9;
    }

    /** MiB/s each way, the median of some rounds, and CPU seconds of the process in the middle per GiB. */
    private record Speed(double up, double down, double cpuUp, double cpuDown) {
        /** @param figures by field, each with its rounds */
        static Speed median(double[][] figures) {
            return new Speed(
                    Figures.median(figures[0]),
                    Figures.median(figures[1]),
                    Figures.median(figures[2]),
                    Figures.median(figures[3]));
        }

        String text() {
            return format("%.0f MiB/s up, %.0f down; CPU %.2f s per GiB up, %.2f down", up, down, cpuUp, cpuDown);
        }

        String against(Speed other) {
            return format("%.0f %% up, %.0f %% down", 100 * up / other.up, 100 * down / other.down);
        }
    }

    private Speed measure(Way way, long pid) throws IOException {
        return inTurn(List.of(way), pid).get(0);
    }

    /** Round by round, so that what disturbs the machine disturbs all ways alike. */
    private List<Speed> inTurn(List<Way> ways, long pid) throws IOException {
        double[][][] figures = new double[ways.size()][4][ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            for (int way = 0; way < ways.size(); way++) {
                double before = Processes.cpuSeconds(pid);
                figures[way][0][round] = GIBIBYTE / 1048576.0 / upload(ways.get(way), sink.port());
                double between = Processes.cpuSeconds(pid);
                figures[way][1][round] = GIBIBYTE / 1048576.0 / download(ways.get(way), source.port());
                figures[way][2][round] = between - before;
                figures[way][3][round] = Processes.cpuSeconds(pid) - between;
            }
        }
        return Arrays.stream(figures).map(Speed::median).toList();
    }

    @Test
    @Order(1)
    void throughput() throws IOException {
        Way overGrpc = port -> new StreamPipe(grpc, port);
        Way overGrpcByConnectsClient = port -> new StreamPipe(grpcByConnectsClient, port);
        Way overConnect = port -> new StreamPipe(connect, port);
        List<Way> ways = List.of(overGrpc, overGrpcByConnectsClient, overConnect);
        for (Way way : ways) {
            upload(way, sink.port());
            download(way, source.port());
        }

        Speed direct = measure(SocketPipe::new, ProcessHandle.current().pid());
        Speed relay = measureSocat();
        List<Speed> gateway = inTurn(ways, this.gateway.pid());

        Figures.print("1 GiB each way, direct", format("%.0f MiB/s up, %.0f down", direct.up, direct.down), "–");
        Figures.print("1 GiB each way, socat", relay.text(), "–");
        Figures.print("1 GiB each way, ProxySSH over gRPC", gateway.get(0).text(), "–");
        Figures.print("ProxySSH over gRPC against socat", gateway.get(0).against(relay), "≥ 50 %");
        Figures.print(
                "1 GiB each way, ProxySSH over gRPC by Connect's client",
                gateway.get(1).text(),
                "–");
        Figures.print("1 GiB each way, ProxySSH over Connect", gateway.get(2).text(), "–");
        Figures.print("ProxySSH over Connect against gRPC", gateway.get(2).against(gateway.get(0)), "≥ 80 %");
        Figures.print(
                "ProxySSH over Connect against gRPC, the same client",
                gateway.get(2).against(gateway.get(1)),
                "≥ 80 %");
    }

    /** One relay for each destination. */
    private Speed measureSocat() throws IOException {
        try (Socat up = Socat.to(sink.port());
                Socat down = Socat.to(source.port())) {
            double[][] figures = new double[4][ROUNDS];
            for (int round = 0; round < ROUNDS; round++) {
                double before = up.cpuSeconds();
                figures[0][round] = GIBIBYTE / 1048576.0 / upload(port -> new SocketPipe(up.port()), sink.port());
                figures[2][round] = up.cpuSeconds() - before;
                before = down.cpuSeconds();
                figures[1][round] = GIBIBYTE / 1048576.0 / download(port -> new SocketPipe(down.port()), source.port());
                figures[3][round] = down.cpuSeconds() - before;
            }
            return Speed.median(figures);
        }
    }

    @Test
    @Order(2)
    void echoes() throws IOException {
        double[] direct = roundTrips(SocketPipe::new);
        double[] overGrpc = roundTrips(port -> new StreamPipe(grpc, port));
        double[] overConnect = roundTrips(port -> new StreamPipe(connect, port));
        Figures.print(
                "64 bytes there and back",
                format(
                        "median direct %.0f µs, gRPC %.0f µs, Connect %.0f µs; p99 %.0f, %.0f, %.0f µs",
                        median(direct),
                        median(overGrpc),
                        median(overConnect),
                        percentile(direct, 0.99),
                        percentile(overGrpc, 0.99),
                        percentile(overConnect, 0.99)),
                "median ≤ direct + 250 µs");
    }

    private double[] roundTrips(Way way) throws IOException {
        byte[] message = new byte[64];
        double[] micros = new double[10_000];
        try (Pipe pipe = way.open(echo.port())) {
            for (int i = -5_000; i < micros.length; i++) {
                long begun = System.nanoTime();
                pipe.send(message);
                pipe.awaitReceived(message.length * (i + 5_001L));
                if (i >= 0) {
                    micros[i] = (System.nanoTime() - begun) / 1e3;
                }
            }
        }
        return micros;
    }

    @Test
    @Order(3)
    void connects() throws Exception {
        connectAndClose(8, 2_000);
        long begun = System.nanoTime();
        int connections = 8_000;
        connectAndClose(8, connections);
        Figures.print(
                "connect → connected → closed, 8 at a time",
                format("%.0f/s", connections / ((System.nanoTime() - begun) / 1e9)),
                "≥ 500/s");
    }

    private void connectAndClose(int callers, int connections) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(callers);
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int caller = 0; caller < callers; caller++) {
                all.add(pool.submit(() -> {
                    for (int i = 0; i < connections / callers; i++) {
                        ProxyStream stream = grpc.stream().connect("a", echo.port());
                        assertThat(stream.next()).isEqualTo("a connected");
                        stream.close("a").end();
                    }
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    @Order(4)
    void idleConnections() {
        int connections = 1_000;
        closeAll(openIdle(connections));
        long before = settledResidentKilobytes();
        List<ProxyStream> idle = openIdle(connections);
        long with = settledResidentKilobytes();
        Figures.print(
                "1,000 idle connections, resident each",
                format("%.1f KiB", (with - before) / (double) connections),
                "≤ 40 KiB");
        closeAll(idle);
    }

    private List<ProxyStream> openIdle(int connections) {
        List<ProxyStream> streams = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            ProxyStream stream = grpc.stream().connect("a", echo.port()).data("a", "x");
            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.next()).isEqualTo("a data x");
            streams.add(stream);
        }
        return streams;
    }

    private void closeAll(List<ProxyStream> streams) {
        streams.forEach(ProxyStream::cancel);
        await().atMost(Duration.ofSeconds(30)).until(() -> echo.open() == 0);
    }

    private long settledResidentKilobytes() {
        collectGarbage();
        return Processes.residentKilobytes(gateway.pid());
    }

    private void collectGarbage() {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Command.run(List.of(jcmd, String.valueOf(gateway.pid()), "GC.run"));
    }

    private record Socat(Process process, int port) implements AutoCloseable {
        static Socat to(int target) throws IOException {
            int port;
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Process process = new ProcessBuilder(
                            "socat",
                            "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr,fork,nodelay",
                            "TCP:127.0.0.1:" + target + ",nodelay")
                    .inheritIO()
                    .start();
            await().ignoreExceptions().until(() -> {
                new SocketPipe(port).close();
                return true;
            });
            return new Socat(process, port);
        }

        /** Of it and of the children that have ended. */
        double cpuSeconds() {
            await().until(() -> process.children().findAny().isEmpty());
            return Processes.cpuSecondsWithChildren(process.pid());
        }

        @Override
        public void close() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
