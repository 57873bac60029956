package cloud.obiente.vpsgateway.attack;

import static cloud.obiente.vpsgateway.attack.Artefact.Exposure.CLOSED;
import static cloud.obiente.vpsgateway.attack.Artefact.Exposure.SEGMENT;
import static cloud.obiente.vpsgateway.attack.Cast.HOSTILE_MAC;
import static cloud.obiente.vpsgateway.attack.Cast.NEIGHBOUR;
import static cloud.obiente.vpsgateway.attack.Cast.OWNER;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything of the gateway on its host that a saboteur with root's rights can get at, in a {@link Scene}. */
final class Artefacts {
    private static final String INET = "inet vps_gateway";
    private static final String ARP = "arp vps_gateway";
    private static final String BRIDGE = "bridge vps_gateway";
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
        return Stream.of(guard(), snat(), dnsmasq()).flatMap(List::stream).toList();
    }

    private List<Artefact> guard() {
        return List.of(
                nft("the owner's pair deleted (inet)", CLOSED, INET, "delete element %s owners { " + PAIR + " }"),
                nft("the owner's pair deleted (arp)", CLOSED, ARP, "delete element %s owners { " + PAIR + " }"),
                nft("the owner's pair deleted (bridge)", CLOSED, BRIDGE, "delete element %s owners { " + PAIR + " }"),
                nft("all pairs deleted (bridge)", CLOSED, BRIDGE, "flush set %s owners"),
                nft("a pair added (bridge)", SEGMENT, BRIDGE, "add element %s owners { " + STOLEN_PAIR + " }"),
                nft("a guarded address deleted (inet)", CLOSED, INET, "delete element %s guarded { " + ADDRESS + " }"),
                nft(
                        "a guarded address deleted (bridge)",
                        SEGMENT,
                        BRIDGE,
                        "delete element %s guarded { " + ADDRESS + " }"),
                nft("a rule that accepts all put first (bridge)", SEGMENT, BRIDGE, "insert rule %s prerouting accept"),
                nft("the rules of a chain deleted (inet)", CLOSED, INET, "flush chain %s prerouting"),
                nft("the rules of a chain deleted (arp)", CLOSED, ARP, "flush chain %s input"),
                nft("all rules of a table deleted (bridge)", SEGMENT, BRIDGE, "flush table %s"),
                nft("a table deleted (inet)", CLOSED, INET, "delete table %s"),
                nft("a table deleted (arp)", CLOSED, ARP, "delete table %s"),
                nft("a table deleted (bridge)", SEGMENT, BRIDGE, "delete table %s"),
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
                new Artefact("dnsmasq killed", CLOSED, this::killDnsmasq, () -> resolved(scene.lab())),
                new Artefact("a neighbour's lease ended", CLOSED, this::endLease, this::leaseOfNeighbour));
    }

    private static Artefact nft(String name, Artefact.Exposure exposure, String table, String command) {
        return new Artefact(name, exposure, () -> run("nft", command.formatted(table)), () -> listing(table));
    }

    /** The order of a set's elements says nothing. */
    private static String listing(String table) {
        String text = Command.attempt(List.of("nft", "-s", "list table " + table))
                .output()
                .replaceAll(RECORDS, "");
        return Arrays.stream(text.split("[,\\n]")).map(String::strip).sorted().collect(Collectors.joining("\n"));
    }

    private Artefact neighbour(String name, String verb, String... more) {
        List<String> place = List.of(ADDRESS, "dev", scene.layout().gatewayInterface());
        return new Artefact(
                name,
                CLOSED,
                () -> run(Stream.of(List.of("ip", "neigh", verb), place, List.of(more))
                        .flatMap(List::stream)
                        .toArray(String[]::new)),
                () -> run("ip", "neigh", "show", ADDRESS, "nud", "permanent"));
    }

    private static Artefact iptables(String name, String... arguments) {
        List<String> command = Stream.concat(Stream.of("iptables", "-w", "-t", "nat"), Stream.of(arguments))
                .toList();
        return new Artefact(name, CLOSED, () -> Command.run(command), () -> run("iptables", "-w", "-t", "nat", "-S"));
    }

    private Artefact line(String name, String file) {
        Path path = scene.state().resolve(file);
        Predicate<String> owners = line -> line.contains(OWNER.privateAddress().toString());
        return new Artefact(name, CLOSED, () -> removeLines(path, owners), () -> String.join("\n", lines(path)));
    }

    private static void removeLines(Path path, Predicate<String> which) {
        try {
            Files.write(path, lines(path).stream().filter(which.negate()).toList());
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
        scene.gateway().children().stream()
                .filter(child -> child.info().command().orElse("").endsWith("/dnsmasq"))
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static String resolved(Lab lab) {
        return lab.dig(OWNER.name() + ".vps.local").addresses().toString();
    }

    private void endLease() {
        scene.owner().forgeRelease(NEIGHBOUR.mac(), NEIGHBOUR.privateAddress());
    }

    /** What a VPS gets that asks now. */
    private String leaseOfNeighbour() {
        Vps neighbour = scene.neighbour();
        return neighbour.udhcpcOnce().map(VpsLease::address).toString();
    }

    private static String run(String... command) {
        return Command.run(List.of(command));
    }
}
