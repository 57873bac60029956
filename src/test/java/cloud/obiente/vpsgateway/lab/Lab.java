package cloud.obiente.vpsgateway.lab;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * A switch with this process's own network namespace on it as the gateway host ({@link #GATEWAY} on {@code eth0}), and
 * any number of simulated VPSs. One lab at a time; threads may work on different VPSs of it at once.
 */
public final class Lab implements AutoCloseable {
    /** The gateway host's address on the switch; the network is a /24. */
    public static final Ipv4Address GATEWAY = Ipv4Address.parse("10.15.3.1");

    /** The gateway host's NIC. */
    public static final MacAddress GATEWAY_MAC = MacAddress.parse("02:00:00:00:ff:01");

    /** The bridge of {@link #createOnNode}. */
    public static final String BRIDGE = "br0";

    private static final String SCRIPT = Sandbox.PROJECT.resolve("script/lab").toString();
    private static final String SILENCE = "lab_silence";
    private static final Path FILES = Path.of(System.getenv().getOrDefault("LAB_DIR", "target/lab/none"));

    private Lab() {}

    /**
     * Makes the switch and puts this process on it.
     *
     * @throws IllegalStateException outside the sandbox
     */
    public static Lab create() {
        return create("net");
    }

    /**
     * The same with the switch on the gateway host itself, as on a Proxmox node: the VPSs are ports of the bridge
     * {@link #BRIDGE}, which bears the gateway's address.
     */
    public static Lab createOnNode() {
        return create("net", "--on-node");
    }

    private static Lab create(String... network) {
        Sandbox.require();
        GatewayProcess.endAll();
        script("down");
        script(network);
        return new Lab();
    }

    /** A VPS with its link up and neither DHCP client nor sshd running. */
    public Vps vps(String name, MacAddress mac) {
        script("add", name, "--mac", mac.toString(), "--client", "none", "--no-sshd");
        return new Vps(name, mac, FILES.resolve("vps").resolve(name));
    }

    /** The same with an sshd on port 22, which admits the key {@link #loginKey()}. */
    public Vps vpsWithSshd(String name, MacAddress mac) {
        script("add", name, "--mac", mac.toString(), "--client", "none");
        return new Vps(name, mac, FILES.resolve("vps").resolve(name));
    }

    /**
     * A host of the world outside, on a cable of its own to the gateway host. It reaches everything through the gateway.
     *
     * @param name of the host, and of the gateway host's end of the cable
     * @param uplink the gateway host's address on that cable, in a /24
     * @param address the host's own
     */
    public OutsideHost outsideHost(String name, Ipv4Address uplink, Ipv4Address address) {
        return OutsideHost.plugIn(name, uplink, address);
    }

    /** The private key that every VPS's root account accepts. */
    public Path loginKey() {
        return FILES.resolve("login_key");
    }

    /** Asks the gateway's DNS for the A records of a name, once, by dig. */
    public DnsAnswer dig(String name) {
        return dig(GATEWAY, 53, name);
    }

    /** The A records that the gateway's DNS has of a name; asks until there is an answer. */
    public List<Ipv4Address> resolve(String name) {
        return await("an answer about " + name)
                .pollDelay(Duration.ZERO)
                .until(() -> dig(name), answer -> !answer.status().equals(DnsAnswer.SILENCE))
                .addresses();
    }

    /** Asks any DNS server that the gateway host can reach. */
    public DnsAnswer dig(Ipv4Address server, int port, String name) {
        return DnsAnswer.parse(Command.attempt(List.of(
                "dig",
                "+noall",
                "+comments",
                "+answer",
                "+time=5",
                "+tries=3",
                "-p",
                String.valueOf(port),
                "@" + server,
                name,
                "A")));
    }

    /** From now on nothing that this address sends reaches the gateway host. */
    public void silence(Ipv4Address address) {
        Command.run(List.of("nft", "add", "table", "inet", SILENCE));
        Command.run(List.of(
                "nft",
                "add",
                "chain",
                "inet",
                SILENCE,
                "input",
                "{ type filter hook input priority 0 ; policy accept ; }"));
        Command.run(List.of("nft", "add", "rule", "inet", SILENCE, "input", "ip", "saddr", address.toString(), "drop"));
    }

    /** Everybody is heard again. */
    public void endSilence() {
        Command.run(List.of("nft", "delete", "table", "inet", SILENCE));
    }

    /** Everything gone: VPSs, their processes, the switch, the gateway host's cable. */
    @Override
    public void close() {
        script("down");
    }

    static String script(String... arguments) {
        return Command.run(scriptCommand(List.of(arguments)));
    }

    static Command.Result tryScript(String... arguments) {
        return Command.attempt(scriptCommand(List.of(arguments)));
    }

    static Process startScript(String... arguments) {
        try {
            return new ProcessBuilder(scriptCommand(List.of(arguments)))
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> scriptCommand(List<String> arguments) {
        return Stream.concat(Stream.of(SCRIPT), arguments.stream()).toList();
    }
}
