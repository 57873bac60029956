package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the gateway's heap holds for connections whose VPSs do not read. */
class SshStallBench {
    private static final long GIBIBYTE = 1 << 30;
    private static final byte[] PIECE = new byte[32 << 10];
    private static final int CONNECTIONS = 200;
    private static final int OFFERING_AT_ONCE = 50;
    private static final Pattern HEAP_USED = Pattern.compile("total \\d+K, used (\\d+)K");

    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void stalledConnections() throws Exception {
        Map<String, String> settings =
                GatewayProcess.settings(Sandbox.directory("bench-stall").resolve("state"));
        settings.put("GATEWAY_SSH_ALLOWED_TARGETS", "127.0.0.0/8");
        settings.put("GATEWAY_SSH_ALLOWED_PORTS", "1-65535");
        ExecutorService callers = Executors.newFixedThreadPool(OFFERING_AT_ONCE);
        try (Lab lab = Lab.create();
                FakeVps stuck = new FakeVps(socket -> awaitEnd());
                GatewayProcess gateway = GatewayProcess.start(settings).awaitReady();
                ProxyClient client = ProxyClient.grpc(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET)) {
            List<ProxyStream> streams = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                streams.add(client.stream().connect("a", stuck.port()));
                assertThat(streams.get(i).next()).isEqualTo("a connected");
            }
            double idle = heapMebibytes(gateway);
            List<Future<Long>> offers = new ArrayList<>();
            streams.forEach(stream -> offers.add(callers.submit(() -> offer(stream))));
            double most = 0;
            for (Future<Long> offer : offers) {
                while (!offer.isDone()) {
                    most = Math.max(most, heapMebibytes(gateway));
                }
                assertThat(offer.get()).isLessThan(GIBIBYTE);
            }
            Figures.print(
                    CONNECTIONS + " stalled connections, each offered 1 GiB: heap after a collection",
                    format(
                            "%.0f MiB before, at most %.0f while offered, %.0f then",
                            idle, most, heapMebibytes(gateway)),
                    "flat");
        } finally {
            end.countDown();
            callers.shutdownNow();
        }
    }

    /** Ends when nothing has been taken for a second. */
    private static long offer(ProxyStream stream) {
        return stream.sendUntilStopped("a", PIECE, GIBIBYTE);
    }

    /** What is used of the heap; a collector tells it for each of its generations. */
    private static double heapMebibytes(GatewayProcess gateway) {
        jcmd(gateway, "GC.run");
        return HEAP_USED
                        .matcher(jcmd(gateway, "GC.heap_info"))
                        .results()
                        .mapToLong(used -> Long.parseLong(used.group(1)))
                        .sum()
                / 1024.0;
    }

    private static String jcmd(GatewayProcess gateway, String what) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Command.run(List.of(jcmd, String.valueOf(gateway.pid()), what));
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
