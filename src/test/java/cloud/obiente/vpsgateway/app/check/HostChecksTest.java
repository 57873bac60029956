package cloud.obiente.vpsgateway.app.check;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.app.check.Finding.Level;
import cloud.obiente.vpsgateway.app.config.ConfigResult;
import cloud.obiente.vpsgateway.app.config.SettingsReader;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Faults of a host, one by one: each is found, has a reason and a remedy, and is as bad as it is. */
class HostChecksTest {
    private static final Instant NOW = Instant.parse("2026-11-01T00:00:00Z");
    private static final String ALL_CAPABILITIES = "000001ffffffffff";

    @TempDir
    private Path directory;

    private final Map<String, String> variables = new LinkedHashMap<>();
    private final Map<String, String> printed = new TreeMap<>();
    private Path proc;
    private Path state;

    /** On loopback, which every host has; nothing is wrong but what a test makes so. */
    @BeforeEach
    void healthyHost() throws IOException {
        proc = Files.createDirectories(directory.resolve("proc"));
        state = Files.createDirectories(directory.resolve("state"));
        write("self/status", "Name:\tjava\nCapEff:\t" + ALL_CAPABILITIES + "\n");
        write("self/mounts", "/dev/root / ext4 rw,relatime 0 0\n");
        write("sys/net/ipv4/ip_forward", "1\n");
        write("net/udp", "  sl\n");
        printed.put("dnsmasq --version", "Dnsmasq version 2.90  Copyright (c) 2000-2024 Simon Kelley\n");
        printed.put("setpriv --version", "setpriv from util-linux 2.38.1\n");
        printed.put("setsid --version", "setsid from util-linux 2.38.1\n");
        printed.put("nft --version", "nftables v1.0.6\n");
        printed.put("iptables --version", "iptables v1.8.9 (nf_tables)\n");
        printed.put("iptables -w -S FORWARD", "-P FORWARD ACCEPT\n");
        variables.put("GATEWAY_API_SECRET", "a-good-secret-of-some-length");
        variables.put("GATEWAY_DHCP_MODE", "dns-only");
        variables.put("GATEWAY_DHCP_INTERFACE", "lo");
        variables.put("GATEWAY_DHCP_LISTEN_IP", "127.0.0.1");
        variables.put("GATEWAY_DHCP_POOL_START", "127.0.0.20");
        variables.put("GATEWAY_DHCP_POOL_END", "127.0.0.199");
        variables.put("GATEWAY_DHCP_SUBNET_MASK", "24");
        variables.put("GATEWAY_DHCP_GATEWAY", "127.0.0.1");
        variables.put("GATEWAY_DHCP_LEASES_DIR", state.toString());
        variables.put("GATEWAY_GRPC_HOST", "127.0.0.1");
        variables.put("GATEWAY_METRICS_HOST", "127.0.0.1");
        choosePortsBeside(OptionalInt.empty());
    }

    /** Three that are free; the kernel may give the number of one protocol's to another one's. */
    private void choosePortsBeside(OptionalInt taken) throws IOException {
        try (ServerSocket grpc = new ServerSocket(0);
                ServerSocket metrics = new ServerSocket(0);
                ServerSocket dns = new ServerSocket(0)) {
            variables.put("GATEWAY_GRPC_PORT", "" + grpc.getLocalPort());
            variables.put("GATEWAY_METRICS_PORT", "" + metrics.getLocalPort());
            variables.put("GATEWAY_DNS_PORT", "" + dns.getLocalPort());
        }
        if (taken.isPresent() && variables.containsValue("" + taken.getAsInt())) {
            choosePortsBeside(taken);
        }
    }

    private void write(String file, String text) throws IOException {
        Path target = proc.resolve(file);
        Files.createDirectories(target.getParent());
        Files.writeString(target, text);
    }

    private List<Finding> findings(boolean running) {
        HostTools tools = (command, input) -> {
            String said = printed.get(String.join(" ", command));
            return said == null
                    ? new ToolResult(command, ToolResult.NOT_FOUND, "", "")
                    : new ToolResult(command, 0, said, "");
        };
        ConfigResult written = SettingsReader.read(
                variable -> Optional.ofNullable(variables.get(variable.name())), variables.keySet());
        return new HostChecks(proc, tools, Clock.fixed(NOW, ZoneOffset.UTC)).ofThisHost(written, running);
    }

    /** All but what depends on how busy the disk of the test's machine is. */
    private List<Finding> faults() {
        return findings(false).stream()
                .filter(finding -> finding.level() != Level.OK)
                .filter(finding -> !finding.subject().equals("disk"))
                .toList();
    }

    private Finding onlyFault(Level level) {
        List<Finding> faults = faults();
        assertThat(faults).singleElement().satisfies(fault -> {
            assertThat(fault.level()).isEqualTo(level);
            assertThat(fault.why()).isNotEmpty();
            assertThat(fault.fix()).isNotEmpty();
        });
        return faults.get(0);
    }

    @Test
    void nothingIsWrongWithAHealthyHost() {
        assertThat(faults()).isEmpty();
    }

    @Test
    void wrongSettingsAreAllNamedAndNothingElseIsTried() {
        variables.put("GATEWAY_GRPC_PORT", "abc");
        variables.remove("GATEWAY_API_SECRET");

        assertThat(findings(false))
                .allMatch(finding -> finding.level() == Level.NO_START)
                .extracting(Finding::what)
                .satisfiesExactly(
                        secret -> assertThat(secret).startsWith("GATEWAY_API_SECRET not set"),
                        port -> assertThat(port).startsWith("GATEWAY_GRPC_PORT: 'abc'"));
    }

    @Test
    void aMisspeltVariableIsAWarning() {
        variables.put("GATEWAY_DHCP_POOL_STRAT", "10.15.3.20");

        assertThat(onlyFault(Level.WARNING).what()).contains("did you mean GATEWAY_DHCP_POOL_START?");
    }

    @Test
    void anInterfaceThatIsNotThereMayCome() {
        variables.put("GATEWAY_DHCP_INTERFACE", "nowhere0");
        assertThat(faults()).as("for DNS alone it is of no account").isEmpty();

        variables.put("GATEWAY_DHCP_MODE", "full");
        assertThat(faults())
                .filteredOn(fault -> fault.level() != Level.WARNING)
                .singleElement()
                .satisfies(fault -> assertThat(fault.level()).isEqualTo(Level.NOT_SERVED))
                .satisfies(fault -> assertThat(fault.what()).isEqualTo("interface nowhere0 does not exist"));
    }

    @Test
    void dnsAloneMayListenOutsideOfTheVpssNetwork() {
        variables.put("GATEWAY_DHCP_POOL_START", "10.15.3.20");
        variables.put("GATEWAY_DHCP_POOL_END", "10.15.3.199");
        variables.put("GATEWAY_DHCP_GATEWAY", "10.15.3.1");
        assertThat(faults()).isEmpty();

        variables.put("GATEWAY_DHCP_LISTEN_IP", "192.0.2.9");
        assertThat(faults()).extracting(Finding::what).contains("192.0.2.9 is no address of this host");
    }

    @Test
    void aTakenPortOfOursEndsTheStart() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            choosePortsBeside(OptionalInt.of(other.getLocalPort()));
            variables.put("GATEWAY_GRPC_PORT", "" + other.getLocalPort());

            Finding fault = onlyFault(Level.NO_START);

            assertThat(fault.what()).contains("cannot listen on 127.0.0.1:" + other.getLocalPort());
            assertThat(fault.fix()).contains("GATEWAY_GRPC_PORT");
        }
    }

    @Test
    void portsOfARunningGatewayAreItsOwn() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            choosePortsBeside(OptionalInt.of(other.getLocalPort()));
            variables.put("GATEWAY_GRPC_PORT", "" + other.getLocalPort());

            assertThat(findings(true)).noneMatch(finding -> finding.level() == Level.NO_START);
        }
    }

    @Test
    void whoHasThePortOfDnsIsNamedWithTheCommandThatFreesIt() throws IOException {
        try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            choosePortsBeside(OptionalInt.of(port));
            variables.put("GATEWAY_DNS_PORT", "" + port);
            write(
                    "net/udp",
                    "  sl\n   1: 0100007F:%04X 00000000:0000 07 0:0 00:0 0 101 0 4711 2 0 0\n".formatted(port));
            write("317/comm", "systemd-resolve\n");
            Files.createDirectories(proc.resolve("317/fd"));
            Files.createSymbolicLink(proc.resolve("317/fd/12"), Path.of("socket:[4711]"));

            Finding fault = onlyFault(Level.NOT_SERVED);

            assertThat(fault.what()).contains("systemd-resolve (process 317) has it");
            assertThat(fault.fix()).contains("DNSStubListener=no", "systemctl restart systemd-resolved");
        }
    }

    @Test
    void aMissingOrOldDnsmasqIsTold() {
        printed.remove("dnsmasq --version");
        assertThat(onlyFault(Level.NOT_SERVED).fix()).isEqualTo("apt-get install dnsmasq-base");

        printed.put("dnsmasq --version", "Dnsmasq version 2.85  Copyright\n");
        assertThat(onlyFault(Level.NOT_SERVED).what()).isEqualTo("its version is 2.85");
    }

    @Test
    void missingToolsAreAsBadAsWhatNeedsThem() {
        printed.remove("nft --version");
        assertThat(onlyFault(Level.WARNING).fix()).isEqualTo("apt-get install nftables");
        printed.put("nft --version", "nftables v1.0.6\n");

        printed.remove("iptables --version");
        assertThat(faults()).isEmpty();
        variables.put("GATEWAY_OUTBOUND_IP", "192.0.2.9");
        assertThat(faults()).extracting(Finding::fix).contains("apt-get install iptables");
        variables.remove("GATEWAY_OUTBOUND_IP");
        printed.put("iptables --version", "iptables v1.8.9 (nf_tables)\n");

        printed.remove("setpriv --version");
        assertThat(onlyFault(Level.NOT_SERVED).fix()).isEqualTo("apt-get install util-linux");
    }

    @Test
    void missingCapabilitiesAreNamedWhereTheyAreNeeded() throws IOException {
        write("self/status", "CapEff:\t0000000000000400\n");
        assertThat(faults()).isEmpty();

        variables.put("GATEWAY_DHCP_MODE", "full");
        assertThat(faults())
                .filteredOn(fault -> fault.subject().equals("capabilities"))
                .singleElement()
                .satisfies(fault -> assertThat(fault.what()).endsWith("lacks CAP_NET_ADMIN, CAP_NET_RAW"));
    }

    @Test
    void anOutboundAddressOfNobodyMayCome() {
        variables.put("GATEWAY_OUTBOUND_IP", "192.0.2.9");

        assertThat(onlyFault(Level.NOT_SERVED).what()).isEqualTo("192.0.2.9 is no address of this host");
    }

    @Test
    void forwardingThatIsOffOrRefusedIsTold() throws IOException {
        write("sys/net/ipv4/ip_forward", "0\n");
        assertThat(onlyFault(Level.WARNING).fix()).contains("net.ipv4.ip_forward=1");
        write("sys/net/ipv4/ip_forward", "1\n");

        printed.put("iptables -w -S FORWARD", "-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n");
        assertThat(onlyFault(Level.WARNING))
                .satisfies(fault -> assertThat(fault.what()).contains("DROP"))
                .satisfies(fault -> assertThat(fault.why()).doesNotContain("br_netfilter"));
        write("sys/net/bridge/bridge-nf-call-iptables", "1\n");
        assertThat(onlyFault(Level.WARNING).why()).contains("br_netfilter");
    }

    @Test
    void aRouterElsewhereMakesAnOutboundAddressPointless() {
        variables.put("GATEWAY_OUTBOUND_IP", "192.0.2.9");
        assertThat(faults()).extracting(Finding::subject).containsExactly("GATEWAY_OUTBOUND_IP");

        // Every address in 127/8 is this host's, so a router elsewhere is of another network.
        variables.put("GATEWAY_DHCP_POOL_START", "192.0.2.20");
        variables.put("GATEWAY_DHCP_POOL_END", "192.0.2.30");
        variables.put("GATEWAY_DHCP_GATEWAY", "192.0.2.1");
        assertThat(faults()).extracting(Finding::subject).contains("forwarding");
    }

    @Test
    void aStateDirectoryThatCannotBeUsedEndsTheStart() throws IOException {
        write("self/mounts", "/dev/root / ext4 rw 0 0\n/dev/sdb " + directory + " ext4 rw,noexec 0 0\n");
        assertThat(onlyFault(Level.NO_START).fix()).isEqualTo("mount -o remount,exec " + directory);
        assertThat(state).as("what was written there is gone").isEmptyDirectory();

        write("self/mounts", "/dev/root / ext4 rw 0 0\n");
        Files.delete(state);
        Files.writeString(state, "a file in its place");
        assertThat(faults()).isEmpty();
        variables.put("GATEWAY_DHCP_LEASES_DIR", "/proc/1/nowhere");
        assertThat(onlyFault(Level.NO_START).fix()).startsWith("install -d -m 700");
    }

    @Test
    void aPathThatIsTooLongForASocketIsAWarning() throws IOException {
        Path deep = Files.createDirectories(state.resolve("d".repeat(120)));
        variables.put("GATEWAY_DHCP_LEASES_DIR", deep.toString());

        assertThat(onlyFault(Level.WARNING).fix()).contains("shorter GATEWAY_DHCP_LEASES_DIR");
    }

    @Test
    void aClockBehindWhatWasWrittenIsAWarning() throws IOException {
        Files.writeString(state.resolve("ipam.sqlite"), "");
        Files.setLastModifiedTime(state.resolve("ipam.sqlite"), FileTime.from(NOW.plusSeconds(3600)));

        assertThat(onlyFault(Level.WARNING).fix()).isEqualTo("timedatectl set-ntp true");
    }

    @Test
    void aResolverAnswersOrDoesNot() throws Exception {
        try (DatagramSocket resolver = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread answering = new Thread(() -> echo(resolver), "resolver");
            answering.start();
            assertThat(ResolverChecks.answers(Ipv4Address.parse("127.0.0.1"), resolver.getLocalPort()))
                    .isTrue();
            answering.join();
            assertThat(ResolverChecks.answers(Ipv4Address.parse("127.0.0.1"), resolver.getLocalPort()))
                    .isFalse();
        }
    }

    private static void echo(DatagramSocket resolver) {
        try {
            DatagramPacket question = new DatagramPacket(new byte[512], 512);
            resolver.receive(question);
            resolver.send(question);
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
    }
}
