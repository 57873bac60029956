package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.dnsmasq.DnsHealthProbe;
import cloud.obiente.vpsgateway.dnsmasq.DnsIdleProbe;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqLiveness;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A network with a real dnsmasq in this process's own network namespace and one VM in a namespace of its own. Needs root
 * and dnsmasq, udhcpc, ip, unshare and nsenter.
 */
final class DnsmasqSegment implements AutoCloseable {
    private static final String INTERFACE = "lease0";
    private static final String NIC = "vm0";
    private static final int DNS_PORT = 53;
    private static final DomainName DOMAIN = DomainName.parse("vps.test");
    private static final Duration TIMEOUT = Duration.ofSeconds(20);

    private final Path state;
    private final Process vm;
    private final Process dnsmasq;

    DnsmasqSegment(Path state) throws Exception {
        this.state = state;
        this.vm = new ProcessBuilder("unshare", "--net", "sleep", "infinity").start();
        await().until(() -> !namespaceOf(Long.toString(vm.pid())).equals(namespaceOf("self")));
        run("ip", "link", "set", "lo", "up");
        run("ip", "link", "add", INTERFACE, "type", "veth", "peer", "name", NIC);
        run("ip", "link", "set", NIC, "netns", Long.toString(vm.pid()));
        run("ip", "address", "add", "10.15.77.1/24", "dev", INTERFACE);
        run("ip", "address", "add", "10.15.77.2/24", "dev", INTERFACE);
        run("ip", "link", "set", INTERFACE, "up");
        inVm("ip", "link", "set", NIC, "up");
        Files.writeString(state.resolve("dnsmasq.dhcp-hosts"), "");
        this.dnsmasq = startDnsmasq();
        await().atMost(TIMEOUT).until(() -> timesRead() == 1);
    }

    /** Whether interfaces may be made in this namespace: only in one without a way out. */
    static boolean isPossible() throws IOException {
        boolean root = "root".equals(System.getProperty("user.name"));
        boolean wayOut = Files.readAllLines(Path.of("/proc/net/route")).stream()
                .anyMatch(route -> route.split("\\s+")[1].equals("00000000"));
        return root && !wayOut && Files.isExecutable(Path.of("/usr/sbin/dnsmasq"));
    }

    private static Path namespaceOf(String pid) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc", pid, "ns", "net"));
    }

    private Process startDnsmasq() throws IOException {
        Path configuration = state.resolve("dnsmasq.conf");
        Files.writeString(
                configuration,
                String.join(
                        "\n",
                        "port=" + DNS_PORT,
                        "no-resolv",
                        "no-hosts",
                        "local=/" + DOMAIN + "/",
                        "interface=" + INTERFACE,
                        "except-interface=lo",
                        "bind-dynamic",
                        "dhcp-range=10.15.77.0,static,255.255.255.0,1h",
                        "dhcp-hostsfile=" + state.resolve("dnsmasq.dhcp-hosts"),
                        "dhcp-ignore=tag:!known",
                        "dhcp-authoritative",
                        "dhcp-ignore-names",
                        "no-ping",
                        "dhcp-leasefile=" + leaseFile(),
                        "log-facility=-",
                        "pid-file=",
                        "user=root",
                        ""));
        return new ProcessBuilder("dnsmasq", "-k", "-C", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(log().toFile())
                .start();
    }

    Path leaseFile() {
        return state.resolve("dnsmasq.leases");
    }

    /** Asks this dnsmasq over DNS, as the gateway does. */
    WriterIdleCheck writerIdle(Vertx vertx) {
        InterfaceWatch interfaceWatch = new InterfaceWatch(
                new InterfaceName(INTERFACE), Subnet.around(Ipv4Address.parse("10.15.77.1"), 24), Optional.empty());
        return new DnsIdleProbe(
                () -> new DnsmasqStatus(DnsmasqStatus.Phase.RUNNING, Optional.empty()),
                new DnsmasqLiveness(new DnsHealthProbe(vertx, DOMAIN), interfaceWatch),
                DNS_PORT);
    }

    private Path log() {
        return state.resolve("dnsmasq.log");
    }

    private long timesRead() throws IOException {
        return Files.readAllLines(log()).stream()
                .filter(line -> line.contains("read ") && line.endsWith("dnsmasq.dhcp-hosts"))
                .count();
    }

    /** Replaces all reservations; effective on return. */
    void reserve(String... lines) throws Exception {
        long before = timesRead();
        Files.writeString(state.resolve("dnsmasq.dhcp-hosts"), String.join("\n", lines) + "\n");
        run("kill", "-HUP", Long.toString(dnsmasq.pid()));
        await().atMost(TIMEOUT).until(() -> timesRead() > before);
    }

    /** Gives the VM's NIC this MAC and has it fetch an address. */
    void boot(String mac, String... udhcpcOptions) throws Exception {
        inVm("ip", "link", "set", NIC, "address", mac);
        List<String> command = new ArrayList<>(
                List.of("udhcpc", "-i", NIC, "-f", "-n", "-q", "-t", "10", "-T", "1", "-s", "/bin/true"));
        command.addAll(List.of(udhcpcOptions));
        inVm(command.toArray(String[]::new));
    }

    private void inVm(String... command) throws Exception {
        List<String> inside = new ArrayList<>(List.of("nsenter", "-t", Long.toString(vm.pid()), "-n"));
        inside.addAll(List.of(command));
        run(inside.toArray(String[]::new));
    }

    private void run(String... command) throws Exception {
        Path output = Files.createTempFile(state, "output", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " failed: " + Files.readString(output) + "\ndnsmasq: "
                    + Files.readString(log()));
        }
    }

    @Override
    public void close() throws Exception {
        run("ip", "link", "delete", INTERFACE);
        dnsmasq.destroy();
        vm.destroy();
        dnsmasq.waitFor();
        vm.waitFor();
    }
}
