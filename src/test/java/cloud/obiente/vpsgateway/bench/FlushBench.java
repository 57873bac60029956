package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static cloud.obiente.vpsgateway.bench.Figures.percentile;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * How soon the guard of a router is whole again after {@code nft flush ruleset}, with the next comparison half an hour away;
 * run by script/bench flush.
 */
class FlushBench {
    private static final int SAMPLES = 20;
    /** Longer than a look is put off after others; what is measured is the first of a row. */
    private static final Duration REST = Duration.ofSeconds(3);

    @Test
    void flushedRulesets() throws Exception {
        Map<String, String> settings = new LinkedHashMap<>(
                GatewayProcess.settings(Sandbox.directory("bench-flush").resolve("state")));
        settings.put("GATEWAY_RECONCILE_INTERVAL", "1h");
        try (Lab lab = Lab.create()) {
            Command.run(List.of("ip", "addr", "add", "198.18.255.254/16", "dev", "eth0"));
            try (GatewayProcess gateway = GatewayProcess.start(settings);
                    GatewayClient client = gateway.awaitReady().client()) {
                int present = 0;
                for (int guarded : new int[] {10, 10_000}) {
                    GuardBench.allocateAll(client, present, guarded);
                    present = guarded;
                    measure(guarded);
                }
                gateway.terminate();
            }
        }
    }

    private static void measure(int guarded) {
        double[] millis = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            rest();
            millis[i] = untilBack();
        }
        Figures.print(
                format("both tables whole again after `nft flush ruleset`, %,d addresses guarded", guarded),
                format("median %.0f ms, longest %.0f ms of %d", median(millis), percentile(millis, 1), SAMPLES),
                "far below the interval");
    }

    private static void rest() {
        await().pollDelay(REST).atMost(REST.multipliedBy(2)).until(() -> true);
    }

    /** From the start of the program that flushes. A table comes with all that is in it, in one transaction. */
    private static double untilBack() {
        long begun = System.nanoTime();
        Command.run(List.of("nft", "flush", "ruleset"));
        await("tables")
                .atMost(Duration.ofSeconds(30))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .pollInSameThread()
                .until(
                        FlushBench::tables,
                        present -> present.contains("table inet vps_gateway")
                                && present.contains("table arp vps_gateway"));
        return (System.nanoTime() - begun) / 1e6;
    }

    private static String tables() {
        return Command.run(List.of("nft", "list", "tables"));
    }
}
