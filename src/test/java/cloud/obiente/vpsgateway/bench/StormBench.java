package cloud.obiente.vpsgateway.bench;

import static cloud.obiente.vpsgateway.bench.Figures.format;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * All VPSs of a node boot at once, beside DNS questions: perfdhcp and dnsperf against the gateway, and against a plain dnsmasq
 * with the gateway's files, which keeps its leases on the disk; each also beside a process that writes to that disk and forces it.
 *
 * <p>Both tools speak for all VPSs from one NIC, which the limits of one VPS would hold back: they are off.
 */
class StormBench {
    private static final int QUESTIONS = 3000;
    private static final Pattern RECEIVED = Pattern.compile("received packets: ([0-9]+)");
    private static final Pattern SLOWEST = Pattern.compile("max delay: ([0-9.]+) ms");
    private static final Pattern ANSWERED = Pattern.compile("Queries completed: +([0-9]+) \\(([0-9.]+)%\\)");

    @ParameterizedTest
    @CsvSource({"1000, 3", "4000, 15"})
    void storm(int vpss, int seconds) throws Exception {
        for (boolean busyDisk : new boolean[] {false, true}) {
            measure(vpss, seconds, busyDisk);
        }
    }

    private static void measure(int vpss, int seconds, boolean busyDisk) throws Exception {
        String name = "bench-storm-" + vpss + (busyDisk ? "-busy" : "");
        Map<String, String> settings = AddressBench.largeSettings(name);
        settings.put("GATEWAY_DNS_RATE", "0");
        Path state = Path.of(settings.get("GATEWAY_DHCP_LEASES_DIR"));
        try (Lab lab = Lab.create()) {
            // The lab's network is a /24; who asks is outside of it, and is to be answered.
            Command.run(List.of("ip", "route", "add", "10.15.0.0/16", "dev", "eth0"));
            Vps booting = host(lab, "boots", 1);
            Vps asking = host(lab, "asks", 2);
            try (GatewayProcess gateway = GatewayProcess.start(settings);
                    GatewayClient client = gateway.awaitReady().client()) {
                AddressBench.timed(client, 64, 0, vpss);
                report("gateway", vpss, seconds, busyDisk, storm(booting, asking, vpss, seconds, busyDisk, state));
                gateway.terminate();
            }
            Process plain = plainDnsmasq(state);
            try {
                await().until(() -> !lab.dig("vps-0.vps.local").addresses().isEmpty());
                report(
                        "plain dnsmasq",
                        vpss,
                        seconds,
                        busyDisk,
                        storm(booting, asking, vpss, seconds, busyDisk, state));
            } finally {
                plain.destroy();
                plain.waitFor();
            }
        }
    }

    private static Vps host(Lab lab, String name, int number) {
        Vps host = lab.vps(name, MacAddress.parse("06:00:00:00:00:0" + number));
        host.exec("ip", "address", "add", Ipv4Address.parse("10.15.200." + number) + "/16", "dev", "eth0");
        return host;
    }

    /** The same files but for the leases, which begin empty and on the disk. As root, who can read what the gateway wrote. */
    private static Process plainDnsmasq(Path state) throws IOException {
        Path leases = state.resolve("plain.leases");
        Files.deleteIfExists(leases);
        Path config = state.resolve("plain.conf");
        Files.writeString(
                config,
                Files.readString(state.resolve("dnsmasq.conf"))
                                .replaceAll("dhcp-leasefile=.*", "dhcp-leasefile=" + leases)
                        + "user=root\n");
        return new ProcessBuilder("dnsmasq", "-k", "-C", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(state.resolve("plain.log").toFile())
                .start();
    }

    private record Storm(String perfdhcp, String dnsperf) {}

    private static Storm storm(Vps booting, Vps asking, int vpss, int seconds, boolean busyDisk, Path state)
            throws Exception {
        Path questions = state.resolveSibling("questions.txt");
        Files.writeString(questions, "vps-1.vps.local A\nvps-17.vps.local A\nvps-999.vps.local A\n");
        Path answers = state.resolveSibling("dnsperf.txt");
        Process disk = busyDisk ? busy(state) : null;
        Process dnsperf = asking.start(List.of(
                "sh",
                "-c",
                "exec dnsperf -s " + Lab.GATEWAY + " -d " + questions + " -Q " + QUESTIONS + " -l " + seconds + " > "
                        + answers + " 2>&1"));
        try {
            int rate = (vpss + seconds - 1) / seconds;
            // Its exit code says whether anything was lost.
            String perfdhcp = booting.exec(
                    "sh",
                    "-c",
                    "perfdhcp -4 -l eth0 -b mac=02:00:00:00:00:00 -R " + vpss + " -n " + vpss + " -r " + rate
                            + " -W 1000000 2>&1 || true");
            dnsperf.waitFor();
            return new Storm(perfdhcp, Files.readString(answers));
        } finally {
            dnsperf.destroy();
            if (disk != null) {
                disk.destroyForcibly();
            }
        }
    }

    private static Process busy(Path state) throws IOException {
        Path target = state.resolveSibling("busy");
        return new ProcessBuilder(
                        "python3",
                        "-c",
                        "import os,sys\nf=open(sys.argv[1],'wb')\nwhile 1:\n f.seek(0)\n f.write(bytes(4<<20))\n f.flush()\n"
                                + " os.fsync(f.fileno())",
                        target.toString())
                .start();
    }

    private static void report(String server, int vpss, int seconds, boolean busyDisk, Storm storm) {
        List<String> received = all(RECEIVED, storm.perfdhcp());
        List<String> slowest = all(SLOWEST, storm.perfdhcp());
        Matcher answered = ANSWERED.matcher(storm.dnsperf());
        String dns = answered.find() ? answered.group(1) + " answers (" + answered.group(2) + " %)" : "no answers";
        Figures.print(
                format(
                        "%s: %,d VPSs ask within %d s%s",
                        server, vpss, seconds, busyDisk ? ", beside a process that writes and forces it to disk" : ""),
                received.size() == 2
                        ? format(
                                "%s have their address, slowest answer %s ms; DNS: %s",
                                received.get(1), slowest.get(1), dns)
                        : "perfdhcp: " + storm.perfdhcp().replace('\n', ' '),
                format("all, %,d answers a second", QUESTIONS));
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }
}
