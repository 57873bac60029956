package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One simulated VPS. Its owner is the test that asked the {@link Lab} for it; it is for one thread at a time. */
public final class Vps {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** Exit code of "script/lab dhcp" when no server gave an address. */
    private static final int NO_ANSWER = 4;

    private static final Pattern ADDRESS = Pattern.compile("inet ([0-9.]+)/");

    private final String name;
    private final Path files;
    private MacAddress mac;

    Vps(String name, MacAddress mac, Path files) {
        this.name = name;
        this.mac = mac;
        this.files = files;
    }

    public String name() {
        return name;
    }

    public MacAddress mac() {
        return mac;
    }

    /** Runs busybox's client until it has an address, 30 s at most; empty when nobody answered. */
    public Optional<VpsLease> udhcpcOnce() {
        return dhcpOnce(DhcpClient.UDHCPC, TIMEOUT);
    }

    /** Runs ISC's client until it has an address, 30 s at most; empty when nobody answered. */
    public Optional<VpsLease> dhclientOnce() {
        return dhcpOnce(DhcpClient.DHCLIENT, TIMEOUT);
    }

    /** Runs a client until it has an address; it has ended when this returns. Empty when nobody answered in time. */
    public Optional<VpsLease> dhcpOnce(DhcpClient client, Duration timeout) {
        String seconds = String.valueOf(timeout.toMillis() / 1000.0);
        Command.Result result = Lab.tryScript("dhcp", name, client.program(), seconds);
        if (result.exitCode() == NO_ANSWER) {
            return Optional.empty();
        }
        if (result.exitCode() != 0) {
            throw new AssertionError("DHCP on " + name + ": exit code " + result.exitCode() + "\n" + result.output());
        }
        return Optional.of(VpsLease.parse(result.output()));
    }

    /** Link down, link up, and {@link #dhcpOnce}: what a boot looks like from the network. */
    private Optional<VpsLease> boot(DhcpClient client, Duration timeout) {
        linkDown();
        linkUp();
        return dhcpOnce(client, timeout);
    }

    /** The same by busybox's client, for as long as it takes on a busy machine: 30 s at most. */
    public Optional<VpsLease> boot() {
        return boot(DhcpClient.UDHCPC);
    }

    public Optional<VpsLease> boot(DhcpClient client) {
        return boot(client, TIMEOUT);
    }

    /** Starts a client that keeps its lease, and asks until it has one. */
    public void startClient(DhcpClient client) {
        Lab.script("client", name, "start", client.program());
    }

    /** Ends the client, which keeps its lease to itself: the server is not told. */
    public void stopClient() {
        Lab.script("client", name, "stop");
    }

    /** Gives the lease back to the server, by the running client where there is one. */
    public void releaseLease() {
        Lab.script("client", name, "release");
    }

    /** The lease that the client holds now. */
    public Optional<VpsLease> lease() {
        try {
            return Optional.of(VpsLease.parse(Files.readString(files.resolve("lease"))));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The addresses that eth0 has. */
    public List<Ipv4Address> addresses() {
        return ADDRESS.matcher(exec("ip", "-4", "addr", "show", "dev", "eth0"))
                .results()
                .map(found -> Ipv4Address.parse(found.group(1)))
                .toList();
    }

    /**
     * Runs a command on the VPS.
     *
     * @return what it printed
     * @throws AssertionError when it fails
     */
    public String exec(String... command) {
        return Lab.script(
                Stream.concat(Stream.of("exec", name, "--"), Stream.of(command)).toArray(String[]::new));
    }

    /** Starts a program on the VPS; it ends with the VPS, or when the caller ends it. What it says goes to this JVM's. */
    public Process start(List<String> command) {
        return Lab.startScript(
                Stream.concat(Stream.of("exec", name, "--"), command.stream()).toArray(String[]::new));
    }

    /** The sshd that listens. */
    public ProcessHandle sshd() {
        try {
            long pid =
                    Long.parseLong(Files.readString(files.resolve("sshd.pid")).strip());
            return ProcessHandle.of(pid).orElseThrow(() -> new AssertionError("no sshd on " + name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its cable delays frames by 5 ms and more, loses some, and brings others before their time. One VPS at a time. */
    public void spoilCable() {
        Lab.script("spoil", name, "5", "4", "1", "10");
    }

    public void mendCable() {
        Lab.script("mend", name);
    }

    /** A NIC beside its own network stack, on the same cable. */
    public VirtualNic nic() {
        return VirtualNic.of(name);
    }

    /** A service on UDP that sends back what it gets. */
    public Conversation answering(int port) {
        return Conversation.answering(name, port);
    }

    /** Somebody on this VPS who asks such a service, from one of its addresses. */
    public Conversation asking(Ipv4Address source, Ipv4Address partner, int port) {
        return Conversation.asking(name, source, partner, port);
    }

    /** Attacks the gateway from here, as {@code src/test/python/flood.py} can. */
    public HostileProgram attack(String... arguments) {
        return HostileProgram.on(name, arguments);
    }

    public void linkUp() {
        Lab.script("link", name, "up");
    }

    public void linkDown() {
        Lab.script("link", name, "down");
    }

    /** Another NIC, as after a rebuild of the VM; its link is up. */
    public void replaceNic(MacAddress other) {
        Lab.script("mac", name, other.toString());
        mac = other;
        linkUp();
    }

    /** Sends a DHCPRELEASE in the name of another client. The VPS needs an address of its own for that. */
    public void forgeRelease(MacAddress victim, Ipv4Address address) {
        Lab.script("forge", name, "release", victim.toString(), address.toString());
    }

    /** Sends a DHCPDECLINE in the name of another client. */
    public void forgeDecline(MacAddress victim, Ipv4Address address) {
        Lab.script("forge", name, "decline", victim.toString(), address.toString());
    }

    /** Asks for addresses in the name of so many invented MACs, in turn; returns when that is over. Needs an address. */
    public void forgeDiscovers(int macs, int perSecond, Duration duration) {
        Lab.script(
                "forge",
                name,
                "discovers",
                String.valueOf(macs),
                String.valueOf(perSecond),
                String.valueOf(duration.toSeconds()));
    }

    /** Pulls the power cord: the VPS and all its processes are gone, nobody was told. */
    public void destroy() {
        Lab.script("rm", name);
    }
}
