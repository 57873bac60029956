package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_NAME;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OUTSIDE;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.Cast.PUBLIC_GATEWAY;
import static cloud.obiente.vpsgateway.attack.Cast.SLEEPER;
import static cloud.obiente.vpsgateway.attack.Cast.UPLINK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Conversation;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.OutsideHost;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A segment with a hostile VPS, an owner, a neighbour, a gateway host and a host outside. The gateway runs without any
 * guard first; {@link #guard} restarts it with all there is. Owned by one test class.
 */
final class Scene implements AutoCloseable {
    /** Where the gateway stands. */
    enum Layout {
        /** On a machine of its own on the segment, as its router: the switch is somebody else's. */
        ROUTER("eth0"),
        /** On the node, where the VPSs' bridge is. */
        NODE(Lab.BRIDGE);

        private final String gatewayInterface;

        Layout(String gatewayInterface) {
            this.gatewayInterface = gatewayInterface;
        }

        String gatewayInterface() {
            return gatewayInterface;
        }
    }

    private static final int ECHO_PORT = 7;

    private final Layout layout;
    private final Lab lab;
    private final Path state;
    private final Map<String, String> settings;
    private final OutsideHost outside;
    private final Vps owner;
    private final Vps neighbour;
    private final Vps hostile;
    private final Witnesses witnesses;
    private GatewayProcess gateway;
    private GatewayClient client;

    Scene(Layout layout, String directory) {
        this.layout = layout;
        this.state = Sandbox.directory(directory).resolve("state");
        this.settings = new LinkedHashMap<>(GatewayProcess.settings(state));
        settings.put("GATEWAY_DHCP_INTERFACE", layout.gatewayInterface());
        // They count connections, and whoever tracks those puts fragments together first: attacks are the guard's here.
        settings.put("GATEWAY_DNS_RATE", "0");
        lab = layout == Layout.NODE ? Lab.createOnNode() : Lab.create();
        outside = lab.outsideHost("outside", UPLINK, OUTSIDE);
        prepareHost();
        startGateway();
        allocatePrivate();
        owner = boot(OWNER);
        neighbour = boot(NEIGHBOUR);
        hostile = lab.vps(HOSTILE_NAME, HOSTILE_MAC);
        assertThat(hostile.udhcpcOnce()).isPresent();
        witnesses = new Witnesses(layout, outside, owner, neighbour, hostile);
    }

    /** A router that takes what it gets: nothing but the guard is to stop an attack. */
    private void prepareHost() {
        Command.run(List.of("ip", "addr", "add", PUBLIC_GATEWAY + "/24", "dev", layout.gatewayInterface()));
        Command.run(List.of(
                "sysctl",
                "-qw",
                "net.ipv4.ip_forward=1",
                "net.ipv4.conf.all.rp_filter=0",
                "net.ipv4.conf.all.accept_source_route=1",
                "net.ipv4.icmp_ratelimit=0"));
        // Bridged frames that visit the IP hooks would be judged twice; they may also not.
        Command.attempt(List.of(
                "sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=0", "net.bridge.bridge-nf-call-arptables=0"));
    }

    private Vps boot(Cast.Role role) {
        Vps vps = lab.vps(role.name(), role.mac());
        fetchLease(vps, role);
        return vps;
    }

    /** A lease that a hostile VPS may have ended, and the address that DHCP knows nothing of. */
    private static void fetchLease(Vps vps, Cast.Role role) {
        assertThat(vps.udhcpcOnce()).as("DHCP of %s", role.name()).isPresent();
        vps.exec("ip", "addr", "replace", role.publicAddress() + "/24", "dev", "eth0");
    }

    private void startGateway() {
        gateway = GatewayProcess.start(settings).awaitReady();
        client = gateway.client();
    }

    private void allocatePrivate() {
        Stream.of(OWNER, NEIGHBOUR, SLEEPER)
                .forEach(role -> allocatePrivate(role.name(), role.mac(), role.privateAddress()));
        allocatePrivate(HOSTILE_NAME, HOSTILE_MAC, HOSTILE);
    }

    private void allocatePrivate(String vps, MacAddress mac, Ipv4Address address) {
        client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId(vps)
                        .setOrganizationId("org-1")
                        .setMacAddress(mac.toString())
                        .setPreferredIp(address.toString())
                        .build());
    }

    /**
     * Restarts the gateway with every guard that the layout has, and has it guard the public addresses.
     *
     * @param more settings on top of these
     */
    void guard(Map<String, String> more) {
        client.close();
        gateway.terminate();
        settings.put("GATEWAY_GUARD_PRIVATE", "true");
        if (layout == Layout.NODE) {
            settings.put("GATEWAY_GUARD_BRIDGE", layout.gatewayInterface());
        }
        settings.putAll(more);
        startGateway();
        Stream.of(OWNER, NEIGHBOUR, SLEEPER).forEach(this::allocatePublic);
        Command.run(List.of("ip", "neigh", "flush", "all"));
        Stream.of(owner, neighbour, hostile).forEach(vps -> vps.exec("ip", "neigh", "flush", "all"));
        fetchLease(owner, OWNER);
        fetchLease(neighbour, NEIGHBOUR);
    }

    /**
     * Keeps the gateway from hearing that rules have changed: the child that tells of them listens to another socket. One that
     * is stopped would be replaced.
     */
    void deafen() {
        await().until(() -> gateway.get("/metrics").asString().contains("vps_gateway_ruleset_watch_status 1.0"));
        gateway.children().stream()
                .filter(child -> child.info().command().orElse("").endsWith("/nft"))
                .filter(child ->
                        List.of(child.info().arguments().orElse(new String[0])).contains("monitor"))
                .forEach(Scene::listenElsewhere);
    }

    private static void listenElsewhere(ProcessHandle monitor) {
        String pid = String.valueOf(monitor.pid());
        List<String> calls = Command.run(
                        List.of("find", "/proc/" + pid + "/fd", "-lname", "socket:*", "-printf", "%f\\n"))
                .lines()
                .flatMap(socket -> Stream.of(
                        "-ex",
                        "call (int)close(" + socket + ")",
                        // AF_UNIX, SOCK_DGRAM: gets the number that has become free, and nothing ever comes.
                        "-ex",
                        "call (int)socket(1, 2, 0)"))
                .toList();
        Command.run(Stream.concat(Stream.of("gdb", "-p", pid, "-batch"), calls.stream())
                .toList());
    }

    /** Settings for {@link #guard}: traffic leaves with the gateway's address, and damage is looked for this often. */
    static Map<String, String> withSnat(String interval) {
        return Map.of(
                "GATEWAY_OUTBOUND_IP",
                UPLINK.toString(),
                "GATEWAY_OUTBOUND_INTERFACE",
                "outside",
                "GATEWAY_RECONCILE_INTERVAL",
                interval);
    }

    void allocatePublic(Cast.Role role) {
        client.calls()
                .allocatePublicIP(AllocatePublicIPRequest.newBuilder()
                        .setVpsId(role.name())
                        .setOrganizationId("org-1")
                        .setMacAddress(role.mac().toString())
                        .setPublicIp(role.publicAddress().toString())
                        .build());
    }

    /** Sends the frames once and tells what arrived. What the gateway host has learned from them is forgotten. */
    Delivery play(Attack attack) {
        Mark mark = Mark.next();
        ArpProber.taken();
        witnesses.senderOf(attack).send(hex(attack, mark));
        Command.run(List.of("ip", "neigh", "flush", "all"));
        return witnesses.delivered(attack, mark);
    }

    /** Sends the frames over and over while the other thing is done, and tells what arrived. */
    Delivery playDuring(Attack attack, Runnable other) {
        Mark mark = Mark.next();
        ArpProber.taken();
        witnesses.senderOf(attack).flood(hex(attack, mark));
        try {
            other.run();
        } finally {
            witnesses.senderOf(attack).calm();
        }
        return witnesses.delivered(attack, mark);
    }

    private static List<String> hex(Attack attack, Mark mark) {
        return attack.frames().apply(mark.octets()).stream().map(Frame::hex).toList();
    }

    /** The owner, from its public address, with somebody who answers outside. */
    Talk ownerWithOutside() {
        return new Talk(outside.answering(ECHO_PORT), owner.asking(OWNER.publicAddress(), OUTSIDE, ECHO_PORT));
    }

    /** The owner with the neighbour, across the switch. */
    Talk ownerWithNeighbour() {
        return new Talk(
                neighbour.answering(ECHO_PORT),
                owner.asking(OWNER.publicAddress(), NEIGHBOUR.publicAddress(), ECHO_PORT));
    }

    /** Two who talk. */
    record Talk(Conversation answering, Conversation asking) implements AutoCloseable {
        int ask(int questions) {
            return asking.ask(questions);
        }

        @Override
        public void close() {
            asking.close();
            answering.close();
        }
    }

    GatewayProcess gateway() {
        return gateway;
    }

    GatewayClient client() {
        return client;
    }

    Path state() {
        return state;
    }

    Vps neighbour() {
        return neighbour;
    }

    Layout layout() {
        return layout;
    }

    Vps owner() {
        return owner;
    }

    Lab lab() {
        return lab;
    }

    /** What guards addresses outlives the gateway, and would be there in the next scene. */
    @Override
    public void close() {
        witnesses.close();
        client.close();
        gateway.terminate();
        Stream.of("inet vps_gateway", "arp vps_gateway", "bridge vps_gateway", "bridge vps_gateway_spare")
                .forEach(table -> Command.attempt(List.of("nft", "delete table " + table)));
        lab.close();
    }
}
