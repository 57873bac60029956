package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.DnsAnswer;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A lab with a gateway in it, its state directory, and a connection to its API. Owned by one test class, which closes it;
 * VPSs and allocations of a single test go with {@link #tidy}.
 */
final class World implements AutoCloseable {
    private static final Duration AGREEMENT = Duration.ofSeconds(30);

    private final Lab lab = Lab.create();
    private final List<Vps> machines = new ArrayList<>();
    private final Map<String, String> settings;
    private final StateFiles files;
    private GatewayProcess gateway;
    private Api api;

    private World(String name) {
        Path state = Sandbox.directory(name).resolve("state");
        this.settings = GatewayProcess.settings(state);
        this.files = new StateFiles(state);
    }

    /** A lab whose gateway is not started yet. */
    static World create(String name) {
        return new World(name);
    }

    /** For the gateways that are started from now on. */
    World with(String variable, String value) {
        settings.put(variable, value);
        return this;
    }

    /** Its tunnels may lead to {@link cloud.obiente.vpsgateway.lab.FakeVps}s. */
    World withFakeVpss() {
        return with("GATEWAY_SSH_ALLOWED_TARGETS", "127.0.0.0/8").with("GATEWAY_SSH_ALLOWED_PORTS", "1-65535");
    }

    /** dnsmasq's own lines, which the gateway logs at level debug, appear in its output. */
    World withDnsmasqLog() {
        return with("QUARKUS_LOG_CATEGORY__DNSMASQ__LEVEL", "DEBUG");
    }

    /** Starts the gateway and waits until it is ready. */
    World start() {
        launch();
        gateway.awaitReady();
        return this;
    }

    /** Starts the gateway and waits for nothing. The one before must have ended. */
    GatewayProcess launch(String... wrapper) {
        if (gateway != null) {
            assertThat(gateway.isAlive()).as("the gateway before still runs").isFalse();
            api.close();
        }
        gateway = GatewayProcess.start(settings, wrapper);
        api = new Api(gateway.client());
        return gateway;
    }

    /** Another one with settings of its own; the caller closes it. */
    GatewayProcess launchBeside(Map<String, String> differences) {
        return GatewayProcess.start(settingsWith(differences));
    }

    /** Those of this world's gateway, but for some. */
    Map<String, String> settingsWith(Map<String, String> differences) {
        Map<String, String> others = new LinkedHashMap<>(settings);
        others.putAll(differences);
        return others;
    }

    GatewayProcess gateway() {
        return gateway;
    }

    Api api() {
        return api;
    }

    Lab lab() {
        return lab;
    }

    /** What the gateway keeps on disk. */
    StateFiles files() {
        return files;
    }

    /** A VPS that has an allocation, has fetched its address, and runs sshd. */
    Vps sshVps(String name, MacAddress mac) {
        api.allocate(name, mac);
        Vps vps = lab.vpsWithSshd(name, mac);
        assertThat(vps.udhcpcOnce()).as("address of %s", name).isPresent();
        return vps;
    }

    /** An API instance's streams to the gateway. */
    ProxyClient proxyClient() {
        return ProxyClient.grpc(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
    }

    /** The same over the Connect protocol. */
    ProxyClient connectProxyClient() {
        return ProxyClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
    }

    /** A VPS with its link up and no client running; gone after the test. */
    Vps vps(String name, MacAddress mac) {
        Vps vps = lab.vps(name, mac);
        machines.add(vps);
        return vps;
    }

    /** A VPS that has fetched its address. */
    Vps bootedVps(String name, MacAddress mac) {
        Vps vps = vps(name, mac);
        assertThat(vps.udhcpcOnce()).as("address of %s", name).isPresent();
        return vps;
    }

    Scrape scrape() {
        return Scrape.parse(gateway.get("/metrics").asString());
    }

    double metric(String series) {
        return scrape().value(series);
    }

    /** The addresses that a VPS's name has in DNS; waits for an answer, which dnsmasq has to be able to give. */
    List<Ipv4Address> resolve(String vps) {
        return lab.resolve(vps + ".vps.local");
    }

    boolean answersDns() {
        return !lab.dig("gateway-probe.vps.local").status().equals(DnsAnswer.SILENCE);
    }

    /** The gateway's dnsmasq; waits until there is one. */
    ProcessHandle dnsmasq() {
        return await().until(() -> Programs.dnsmasqsOf(files), running -> running.size() == 1)
                .get(0);
    }

    /** Waits until /health/ready says no and gives this reason. */
    void awaitUnready(String reason) {
        await("unready: " + reason)
                .atMost(GatewayProcess.STARTING)
                .ignoreExceptionsMatching(UncheckedIOException.class::isInstance)
                .until(
                        () -> gateway.get("/health/ready"),
                        ready -> ready.statusCode() == 503 && ready.asString().contains(reason));
    }

    /** UP or DOWN: what a check says that stands behind /health/live, ready or started. */
    String health(String kind, String check) {
        return gateway.get("/health/" + kind).path(checkNamed(check) + ".status");
    }

    /** The path to what a check says, in the body behind {@code /health}. */
    static String checkNamed(String check) {
        return "checks.find { it.name == '" + check + "' }";
    }

    List<Holding> listed() {
        return api.list().stream()
                .map(given -> Holding.of(given.getVpsId(), given.getIpAddress(), given.getMacAddress()))
                .toList();
    }

    /** ListIPs, the database and both host files tell the same; each address and each NIC is there once. */
    List<Holding> assertEverythingAgrees() {
        List<Holding> listed = listed();
        assertThat(listed).extracting(Holding::address).doesNotHaveDuplicates();
        assertThat(listed).extracting(Holding::mac).doesNotHaveDuplicates();
        assertThat(files.database()).containsExactlyInAnyOrderElementsOf(listed);
        await().atMost(AGREEMENT).untilAsserted(() -> {
            assertThat(files.reservations()).containsExactlyInAnyOrderElementsOf(listed);
            assertThat(files.names())
                    .containsExactlyInAnyOrderElementsOf(listed.stream()
                            .map(holding -> holding.address() + " " + holding.vps())
                            .toList());
        });
        return listed;
    }

    /** VPSs destroyed, private addresses released. */
    void tidy() {
        machines.forEach(Vps::destroy);
        machines.clear();
        if (gateway != null && gateway.isAlive()) {
            // A call whose caller has gone may still be worked on.
            await("nothing is left").pollDelay(Duration.ZERO).until(() -> {
                api.list().stream().filter(held -> !held.getIsPublic()).forEach(held -> api.release(held.getVpsId()));
                return api.list().stream().allMatch(IPAllocation::getIsPublic);
            });
        }
    }

    @Override
    public void close() {
        if (gateway != null) {
            api.close();
            gateway.close();
        }
        lab.close();
    }
}
