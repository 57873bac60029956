package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static cloud.obiente.vpsgateway.bench.Figures.median;
import static cloud.obiente.vpsgateway.bench.Figures.percentile;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Traffic;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What it costs to guard an address, and what ten thousand guarded ones cost the packets of everybody. */
class GuardBench {
    private static final int MANY = 10_000;
    private static final int ADDED = 30;
    private static final int CALLERS = 16;
    private static final int ALTERNATIONS = 11;
    private static final int SECONDS = 2;
    private static final Ipv4Address FIRST_PUBLIC = Ipv4Address.parse("198.18.0.2");
    private static final Ipv4Address UPLINK = Ipv4Address.parse("192.0.2.1");
    private static final Ipv4Address OUTSIDE = Ipv4Address.parse("192.0.2.9");
    private static final Ipv4Address SENDER = FIRST_PUBLIC;

    @Test
    void guardedAddresses() throws Exception {
        Path files = Sandbox.directory("bench-guard");
        Map<String, String> settings = new LinkedHashMap<>(GatewayProcess.settings(files.resolve("state")));
        settings.put("GATEWAY_RECONCILE_INTERVAL", "1h");
        try (Lab lab = Lab.create()) {
            Command.run(List.of("ip", "addr", "add", "198.18.255.254/16", "dev", "eth0"));
            Command.run(List.of("sysctl", "-qw", "net.ipv4.ip_forward=1"));
            try (GatewayProcess gateway = GatewayProcess.start(settings);
                    GatewayClient client = gateway.awaitReady().client()) {
                adding(client);
                gateway.terminate();
            }
            throughput(lab, files.resolve("guarded.nft"));
        }
    }

    private static void adding(GatewayClient client) throws Exception {
        allocate(client, 0);
        int present = 1;
        for (int wanted : new int[] {1, 1_000, MANY}) {
            allocateAll(client, present, wanted);
            double[] millis = new double[ADDED];
            for (int i = 0; i < ADDED; i++) {
                long begun = System.nanoTime();
                allocate(client, Math.max(present, wanted) + i);
                millis[i] = (System.nanoTime() - begun) / 1e6;
            }
            present = Math.max(present, wanted) + ADDED;
            Figures.print(
                    format("AllocatePublicIP beside %,d guarded addresses", wanted),
                    format("median %.1f ms, p90 %.1f ms", median(millis), percentile(millis, 0.9)),
                    "≤ 50 ms, flat within 2x");
        }
    }

    static void allocateAll(GatewayClient client, int from, int to) throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        try {
            List<Future<?>> all = new ArrayList<>();
            IntStream.range(from, to).forEach(number -> all.add(callers.submit(() -> allocate(client, number))));
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            callers.shutdownNow();
        }
    }

    private static void allocate(GatewayClient client, int number) {
        assertThat(client.calls()
                        .allocatePublicIP(AllocatePublicIPRequest.newBuilder()
                                .setVpsId("vps-" + number)
                                .setOrganizationId("org-1")
                                .setMacAddress(mac(number).toString())
                                .setPublicIp(FIRST_PUBLIC.plus(number).toString())
                                .setNetmask("16")
                                .build())
                        .getSuccess())
                .isTrue();
    }

    private static MacAddress mac(int number) {
        return MacAddress.parse(format("02:00:00:01:%02x:%02x", number >> 8, number & 255));
    }

    /** Turn and turn about with our tables and without them: a shared machine is never the same twice. */
    private static void throughput(Lab lab, Path tables) throws IOException {
        Files.writeString(tables, nft("list table inet vps_gateway") + nft("list table arp vps_gateway"));
        lab.outsideHost("outside", UPLINK, OUTSIDE);
        Vps sender = lab.vps("vps-0", mac(0));
        sender.exec("ip", "addr", "add", SENDER + "/16", "dev", "eth0");
        sender.exec("ip", "route", "add", "default", "via", "198.18.255.254");
        for (Traffic traffic : Traffic.values()) {
            double[] without = new double[ALTERNATIONS];
            double[] with = new double[ALTERNATIONS];
            for (int i = 0; i < ALTERNATIONS; i++) {
                nft("delete table inet vps_gateway");
                nft("delete table arp vps_gateway");
                without[i] = traffic.measure("outside", sender.name(), SENDER, OUTSIDE, SECONDS);
                Command.run(List.of("nft", "-f", tables.toString()));
                with[i] = traffic.measure("outside", sender.name(), SENDER, OUTSIDE, SECONDS);
            }
            Figures.print(
                    "forwarded " + traffic.unit() + ", 10,000 guarded against no guard",
                    format(
                            "%.3g against %.3g, %.0f %%",
                            median(with), median(without), 100 * median(with) / median(without)),
                    "≥ 95 %");
        }
    }

    /** One command at a time: nft 1.0.6 does not find the second of two tables that it is asked to list. */
    private static String nft(String command) {
        return Command.run(List.of("nft", command));
    }
}
