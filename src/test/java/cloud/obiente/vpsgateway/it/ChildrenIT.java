package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.DnsAnswer;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the gateway starts: dead when it is dead, in no language but its own, and with no power that it does not need. */
class ChildrenIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Pattern ASCII = Pattern.compile("\\p{ASCII}+");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");
    /** A TCP worker of dnsmasq's lives for 150 s. */
    private static final Duration SOONER_THAN_A_WORKER_ENDS = Duration.ofSeconds(60);

    private final World world = World.create("children");

    @AfterEach
    void stop() {
        world.close();
        Command.attempt(List.of("nft", "flush", "ruleset"));
    }

    /** An idle connection to DNS, for which dnsmasq forks; returns when that has happened. */
    private Process holdTcpConnection(Vps vps, ProcessHandle dnsmasq) {
        long before = dnsmasq.children().count();
        Process holder = vps.start(List.of(
                "python3",
                "-c",
                "import socket,time; s=socket.create_connection(('" + Lab.GATEWAY + "',53)); time.sleep(600)"));
        await("dnsmasq has forked").until(() -> dnsmasq.children().count() > before);
        return holder;
    }

    @Test
    void aKilledDnsmasqIsBackAtOnceThoughAVpsHoldsAConnectionToIt() {
        // Given
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        ProcessHandle dnsmasq = world.dnsmasq();
        Process holder = holdTcpConnection(vps, dnsmasq);
        ProcessHandle worker = dnsmasq.children().findFirst().orElseThrow();

        // When
        Programs.kill9(dnsmasq);

        // Then
        await("its worker is gone").atMost(SOONER_THAN_A_WORKER_ENDS).until(() -> !worker.isAlive());
        await("DNS again").atMost(SOONER_THAN_A_WORKER_ENDS).until(world::answersDns);
        assertThat(vps.boot()).isPresent();
        assertThat(world.metric("vps_gateway_dhcp_server_restarts_total{cause=\"died\"}"))
                .isEqualTo(1);
        holder.destroyForcibly();
    }

    @Test
    void aRemovedLeaseFileIsBackAtOnceThoughAVpsHoldsAConnection() throws IOException {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        ProcessHandle dnsmasq = world.dnsmasq();
        Process holder = holdTcpConnection(vps, dnsmasq);

        Files.delete(world.files().directory().resolve("dnsmasq.leases"));

        await("the old one is replaced")
                .atMost(SOONER_THAN_A_WORKER_ENDS)
                .until(() -> !dnsmasq.isAlive() && world.answersDns());
        assertThat(vps.boot()).isPresent();
        holder.destroyForcibly();
    }

    @Test
    void whatAKilledGatewayLeavesOfDnsmasqIsEndedByTheNext() {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        ProcessHandle dnsmasq = world.dnsmasq();
        Process holder = holdTcpConnection(vps, dnsmasq);
        ProcessHandle worker = dnsmasq.children().findFirst().orElseThrow();
        // Neither can tidy up: not dnsmasq, nor the gateway after it.
        Programs.freeze(worker);
        Programs.freeze(dnsmasq);
        world.gateway().kill9();
        Programs.kill9(dnsmasq);

        world.start();

        assertThat(worker.isAlive()).isFalse();
        assertThat(vps.boot()).isPresent();
        holder.destroyForcibly();
    }

    @Test
    void nothingOfDnsmasqIsLeftWhenTheGatewayStops() {
        world.start();
        world.api().allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        ProcessHandle dnsmasq = world.dnsmasq();
        Process holder = holdTcpConnection(vps, dnsmasq);
        ProcessHandle worker = dnsmasq.children().findFirst().orElseThrow();
        Programs.freeze(worker);

        assertThat(world.gateway().terminate()).isZero();

        assertThat(worker.isAlive()).isFalse();
        holder.destroyForcibly();
    }

    /** German, because dnsmasq is translated into it; C.UTF-8, because that is generated everywhere. */
    @Test
    void theHostsLanguageIsNotTheChildrens() {
        world.launch("env", "-u", "LC_ALL", "LANG=C.UTF-8", "LANGUAGE=de", "LC_MESSAGES=C.UTF-8");

        world.gateway().awaitReady();
        Ipv4Address given = world.api().allocate("vps-1", MAC);
        assertThat(world.bootedVps("vps-1", MAC).addresses()).contains(given);
    }

    /** Commas in numbers, an i without its dot, and other digits: as a host's locale would make the JVM write. */
    @ParameterizedTest
    @CsvSource({
        "de_DE.UTF-8, -Duser.language=de -Duser.country=DE",
        "tr_TR.UTF-8, -Duser.language=tr -Duser.country=TR",
        "ar_EG.UTF-8, -Duser.language=ar -Duser.country=EG -Duser.extensions=u-nu-arab",
    })
    void aHostOfAnyLocaleIsServed(String lang, String ofJvm) throws IOException {
        world.lab().outsideHost("outside", Ipv4Address.parse("192.0.2.1"), Ipv4Address.parse("192.0.2.9"));
        world.launch("env", "-u", "LC_ALL", "LANG=" + lang, "JAVA_TOOL_OPTIONS=" + ofJvm);

        world.gateway().awaitReady();
        Ipv4Address given = world.api().allocate("vps-i-1", MAC);
        assertThat(world.bootedVps("vps-i-1", MAC).addresses()).contains(given);
        world.api().assignPublic("vps-i-2", MacAddress.parse("02:00:00:00:00:02"), PUBLIC);
        await("public address guarded").until(() -> world.metric("vps_gateway_ruleset_watch_status") == 1);
        Path state = world.files().directory();
        for (String own : List.of("dnsmasq.conf", "dnsmasq.hosts", "dnsmasq.dhcp-hosts")) {
            assertThat(Files.readString(state.resolve(own))).as(own).matches(ASCII);
        }
        for (String path : List.of("/metrics", "/health")) {
            assertThat(world.gateway().get(path).body().asString()).as(path).matches(ASCII);
        }
        assertThat(Command.run(List.of("nft", "list", "ruleset"))).contains(PUBLIC.toString());
        assertThat(world.gateway().output()).matches(ASCII);
    }

    @Test
    void noChildHasTheSecretNorAnythingElseOfOurs() throws IOException {
        world.lab().outsideHost("outside", Ipv4Address.parse("192.0.2.1"), Ipv4Address.parse("192.0.2.9"));
        world.start();
        world.api().assignPublic("vps-1", MAC, PUBLIC);
        world.api().allocate("vps-2", MacAddress.parse("02:00:00:00:00:02"));
        await().until(() -> world.metric("vps_gateway_ruleset_watch_status") == 1);

        // The third is the shell that signals. Tools come and go beside them.
        List<ProcessHandle> children = await().until(
                        () -> world.gateway().children().stream()
                                .filter(child -> program(child).matches("dnsmasq|nft|dash|sh|bash|busybox"))
                                .toList(),
                        there -> there.size() >= 3);

        for (ProcessHandle child : children) {
            assertThat(environment(child)).as(program(child)).allMatch(ChildrenIT::isKnown);
            assertThat(status(child, "NoNewPrivs")).as(program(child)).isEqualTo("1");
        }
    }

    private static boolean isKnown(String variable) {
        return variable.startsWith("PATH=/") || variable.equals("LC_ALL=C") || variable.startsWith("PWD=");
    }

    @Test
    void dnsmasqIsNobodyWhoCouldReadWhatIsOurs() throws IOException {
        world.start();

        assertThat(status(world.dnsmasq(), "Uid")).doesNotContain("0\t").startsWith("65531");
        // NET_BIND_SERVICE, NET_ADMIN, NET_RAW (capabilities(7)).
        assertThat(status(world.dnsmasq(), "CapEff")).isEqualTo("0000000000003400");
        assertThat(status(world.dnsmasq(), "CapBnd")).isEqualTo("0000000000003400");
        Path state = world.files().directory();
        for (String own : List.of("dnsmasq.conf", "dnsmasq.hosts", "dnsmasq.dhcp-hosts", "dnsmasq.leases")) {
            assertThat(asDnsmasq("cat", state.resolve(own)).exitCode()).as(own).isZero();
        }
        assertThat(asDnsmasq("ls", state).exitCode()).isNotZero();
        assertThat(asDnsmasq("touch", state.resolve("new")).exitCode()).isNotZero();
        assertThat(asDnsmasq("touch", state.resolve("dnsmasq.hosts")).exitCode())
                .isNotZero();
    }

    @Test
    void inAContainerItIsNobodyToo() throws IOException {
        List<String> capabilities = capabilitiesIn("compose/docker-compose.yml");
        assertThat(capabilities)
                .isNotEmpty()
                .isEqualTo(capabilitiesIn("swarm/stack.yml"))
                .isEqualTo(capabilitiesIn("kubernetes/vps-gateway.yaml"));
        String granted = capabilities.stream()
                .map(name -> ",+" + name.toLowerCase(Locale.ROOT))
                .collect(Collectors.joining("", "-all", ""));

        world.launch("setpriv", "--no-new-privs", "--inh-caps=" + granted, "--bounding-set=" + granted)
                .awaitReady();

        assertThat(status(world.dnsmasq(), "Uid")).startsWith("65531");
        world.api().allocate("vps-1", MAC);
        assertThat(world.bootedVps("vps-1", MAC).lease()).isPresent();
        // It can be signalled: a second VPS is known after a reload.
        MacAddress second = MacAddress.parse("02:00:00:00:00:02");
        world.api().allocate("vps-2", second);
        assertThat(world.bootedVps("vps-2", second).lease()).isPresent();
    }

    private static List<String> capabilitiesIn(String deployFile) throws IOException {
        Matcher added = Pattern.compile("(?:cap_add|add):\\n((?:\\s+(?:#.*|- [A-Z_]+)\\n)+)")
                .matcher(Files.readString(Path.of("deploy").resolve(deployFile)));
        assertThat(added.find()).as(deployFile).isTrue();
        return added.group(1)
                .lines()
                .map(String::strip)
                .filter(line -> line.startsWith("- "))
                .map(line -> line.substring(2))
                .toList();
    }

    private static Command.Result asDnsmasq(String tool, Path file) {
        return Command.attempt(
                List.of("setpriv", "--reuid=65531", "--regid=65531", "--clear-groups", tool, file.toString()));
    }

    /** As in a container whose directory is called like that of the host's own gateway. */
    @Test
    void aGatewayOfTheSamePathInAnotherMountNamespaceKeepsItsDnsmasq() throws IOException {
        world.start();
        ProcessHandle dnsmasq = world.dnsmasq();
        Path state = world.files().directory();
        Path elsewhere = Sandbox.directory("children-elsewhere");
        Command.run(List.of("ip", "addr", "add", "10.15.3.2/24", "dev", "eth0"));

        // When: DNS alone, on a port of its own
        try (GatewayProcess other = GatewayProcess.start(
                world.settingsWith(Map.of(
                        "GATEWAY_GRPC_PORT", "21537",
                        "GATEWAY_METRICS_PORT", "29091",
                        "GATEWAY_DHCP_MODE", "dns-only",
                        "GATEWAY_DHCP_LISTEN_IP", "10.15.3.2",
                        "GATEWAY_DNS_PORT", "5399")),
                "unshare",
                "--mount",
                "--",
                "sh",
                "-c",
                "mount --bind " + elsewhere + " " + state + " && exec \"$@\"",
                "sh")) {
            await("its names are served").atMost(GatewayProcess.STARTING).until(() -> !world.lab()
                    .dig(Ipv4Address.parse("10.15.3.2"), 5399, "gateway-probe.vps.local")
                    .status()
                    .equals(DnsAnswer.SILENCE));

            // Then
            assertThat(dnsmasq.isAlive()).isTrue();
            assertThat(other.isAlive()).isTrue();
        }
        assertThat(world.gateway().isReady()).isTrue();
    }

    private static String program(ProcessHandle process) {
        return Path.of(process.info().command().orElse("gone")).getFileName().toString();
    }

    private static List<String> environment(ProcessHandle process) throws IOException {
        String text = Files.readString(
                Path.of("/proc", String.valueOf(process.pid()), "environ"), StandardCharsets.ISO_8859_1);
        return text.replace('\0', '\n').lines().toList();
    }

    private static String status(ProcessHandle process, String field) throws IOException {
        return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                .filter(line -> line.startsWith(field + ":"))
                .map(line -> line.substring(field.length() + 1).strip())
                .findFirst()
                .orElseThrow();
    }
}
