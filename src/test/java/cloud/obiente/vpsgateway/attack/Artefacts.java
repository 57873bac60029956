package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;
import static cloud.obiente.vpsgateway.attack.Cast.SLEEPER;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.v1.GetLeasesRequest;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything of the gateway on its host that a saboteur with root's rights can get at, in a {@link Scene}. */
final class Artefacts {
    private static final String INET = "inet vps_gateway";
    private static final String ARP = "arp vps_gateway";
    private static final String BRIDGE = "bridge vps_gateway";
    private static final String SPARE = "bridge vps_gateway_spare";
    private static final String ADDRESS = OWNER.publicAddress().toString();
    private static final String PAIR = ADDRESS + " . " + OWNER.mac();
    private static final String STOLEN_PAIR = ADDRESS + " . " + HOSTILE_MAC;
    /** What the kernel adds by itself: counts of drops. */
    private static final String RECORDS = "(?s)\\tset (drops|offenders) \\{.*?\\n\\t\\}";

    private final Scene scene;

    Artefacts(Scene scene) {
        this.scene = scene;
    }

    List<Artefact> all() {
        return Stream.of(
                        hostTables(),
                        bridgeTable("bridge", BRIDGE, "prerouting"),
                        bridgeTable("spare", SPARE, "forward"),
                        List.of(nft(
                                "a rule that accepts all put first on input",
                                "spare",
                                "insert rule %s input accept",
                                SPARE)),
                        neighbours(),
                        snat(),
                        dnsmasq())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Artefact> hostTables() {
        return List.of(
                nft("the owner's pair deleted", "inet", "delete element %s owners { " + PAIR + " }", INET),
                nft("the owner's pair deleted", "arp", "delete element %s owners { " + PAIR + " }", ARP),
                nft("a guarded address deleted", "inet", "delete element %s guarded { " + ADDRESS + " }", INET),
                nft("the rules of a chain deleted", "inet", "flush chain %s prerouting", INET),
                nft("the rules of a chain deleted", "arp", "flush chain %s input", ARP),
                nft("a table deleted", "inet", "delete table %s", INET),
                nft("a table deleted", "arp", "delete table %s", ARP));
    }

    /** Whatever is done to one of the bridge's two tables, the other is whole. */
    private static List<Artefact> bridgeTable(String label, String table, String hook) {
        return List.of(
                nft("the owner's pair deleted", label, "delete element %s owners { " + PAIR + " }", table),
                nft("all pairs deleted", label, "flush set %s owners", table),
                nft("a pair added", label, "add element %s owners { " + STOLEN_PAIR + " }", table),
                nft("a guarded address deleted", label, "delete element %s guarded { " + ADDRESS + " }", table),
                nft("all cards deleted", label, "flush set %s cards", table),
                nft("all ports deleted", label, "flush set %s ports", table),
                nft("a rule that accepts all put first", label, "insert rule %s " + hook + " accept", table),
                nft("all rules of a table deleted", label, "flush table %s", table),
                nft("a table deleted", label, "delete table %s", table));
    }

    private List<Artefact> neighbours() {
        return List.of(
                neighbour("the neighbour entry deleted", "del"),
                neighbour(
                        "the neighbour entry changed",
                        "replace",
                        "lladdr",
                        HOSTILE_MAC.toString(),
                        "nud",
                        "permanent"));
    }

    private List<Artefact> snat() {
        return List.of(
                iptables("the SNAT rules deleted", "-F", "VPSGW-SNAT"),
                iptables("a foreign rule put first in the SNAT chain", "-I", "VPSGW-SNAT", "1", "-j", "ACCEPT"),
                iptables("the jump to the SNAT chain deleted", "-F", "POSTROUTING"));
    }

    private List<Artefact> dnsmasq() {
        return List.of(
                line("the owner's line deleted from dnsmasq.hosts", "dnsmasq.hosts"),
                line("the owner's line deleted from dnsmasq.dhcp-hosts", "dnsmasq.dhcp-hosts"),
                new Artefact("dnsmasq killed", this::killDnsmasq, () -> resolved(scene.lab())),
                new Artefact("a neighbour's lease in foreign hands", this::handOverLease, this::leaseOfNeighbour));
    }

    private static Artefact nft(String name, String label, String command, String table) {
        return new Artefact(
                name + " (" + label + ")", () -> run("nft", command.formatted(table)), () -> listing(table));
    }

    /** The order of a set's elements says nothing. */
    static String listing(String table) {
        String text = Command.attempt(List.of("nft", "-s", "list table " + table))
                .output()
                .replaceAll(RECORDS, "");
        return Arrays.stream(text.split("[,\\n]")).map(String::strip).sorted().collect(Collectors.joining("\n"));
    }

    private Artefact neighbour(String name, String verb, String... more) {
        List<String> place = List.of(ADDRESS, "dev", scene.layout().gatewayInterface());
        return new Artefact(
                name,
                () -> run(Stream.of(List.of("ip", "neigh", verb), place, List.of(more))
                        .flatMap(List::stream)
                        .toArray(String[]::new)),
                () -> run("ip", "neigh", "show", ADDRESS, "nud", "permanent"));
    }

    private static Artefact iptables(String name, String... arguments) {
        List<String> command = Stream.concat(Stream.of("iptables", "-w", "-t", "nat"), Stream.of(arguments))
                .toList();
        return new Artefact(name, () -> Command.run(command), () -> run("iptables", "-w", "-t", "nat", "-S"));
    }

    private Artefact line(String name, String file) {
        Path path = scene.state().resolve(file);
        Predicate<String> owners = line -> line.contains(OWNER.privateAddress().toString());
        return new Artefact(name, () -> removeLines(path, owners), () -> String.join("\n", lines(path)));
    }

    private static void removeLines(Path path, Predicate<String> which) {
        write(path, lines(path).stream().filter(which.negate()));
    }

    private static void write(Path path, Stream<String> lines) {
        try {
            Files.write(path, lines.toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void killDnsmasq() {
        dnsmasqs().forEach(ProcessHandle::destroyForcibly);
    }

    private Stream<ProcessHandle> dnsmasqs() {
        return scene.gateway().children().stream()
                .filter(child -> child.info().command().orElse("").endsWith("/dnsmasq"));
    }

    private static String resolved(Lab lab) {
        return lab.dig(OWNER.name() + ".vps.local").addresses().toString();
    }

    /** In the file, which dnsmasq reads at its start only; it is stopped meanwhile, so that it does not write what it knows. */
    private void handOverLease() {
        dnsmasqs().forEach(child -> run("kill", "-STOP", String.valueOf(child.pid())));
        Path leases = scene.state().resolve("dnsmasq.leases");
        String held = NEIGHBOUR.mac() + " " + NEIGHBOUR.privateAddress() + " ";
        List<String> lines = lines(leases);
        assertThat(lines).anyMatch(line -> line.contains(held));
        write(leases, lines.stream().map(line -> line.contains(held) ? toSleeper(line) : line));
        killDnsmasq();
    }

    /** Without the client id, by which dnsmasq would know the neighbour. */
    private static String toSleeper(String line) {
        return line.replace(NEIGHBOUR.mac().toString(), SLEEPER.mac().toString())
                .replaceFirst(" \\S+$", " *");
    }

    /** What the neighbour gets that asks now, which is nothing while somebody else has its lease; and who else has it. */
    private String leaseOfNeighbour() {
        Optional<Ipv4Address> fetched = scene.neighbour().udhcpcOnce().map(VpsLease::address);
        List<String> others =
                scene.client().calls().getLeases(GetLeasesRequest.getDefaultInstance()).getLeasesList().stream()
                        .filter(lease -> lease.getIpAddress()
                                .equals(NEIGHBOUR.privateAddress().toString()))
                        .map(LeaseRecord::getMacAddress)
                        .filter(mac -> !mac.equals(NEIGHBOUR.mac().toString()))
                        .toList();
        return fetched + " " + others;
    }

    private static String run(String... command) {
        return Command.run(List.of(command));
    }
}
