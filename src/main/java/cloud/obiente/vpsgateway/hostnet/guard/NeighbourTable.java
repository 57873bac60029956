package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The permanent neighbour entries of public addresses: whatever ARP says, this host sends to the owner. Confined to the
 * guard's thread; blocks.
 *
 * <p>An entry belongs on the interface to which the kernel routes the address without a next hop; where it knows no such
 * route, on the interface of the VPSs. Ours bear the protocol number {@value #PROTOCOL}, so that entries which an earlier
 * run left behind can be told from an operator's own.
 */
final class NeighbourTable {
    private static final Logger LOG = Logger.getLogger(NeighbourTable.class);

    /** Of no routing daemon (rtnetlink(7), RTPROT_*). */
    static final int PROTOCOL = 153;

    private static final String OURS = "proto " + PROTOCOL;
    private static final Pattern ROUTE = Pattern.compile("([0-9.]+) dev (\\S+) .*");
    private static final Pattern ENTRY = Pattern.compile("([0-9.]+) dev (\\S+) lladdr (\\S+) PERMANENT(.*)");
    /** An interface that is not there or not up has no neighbours; the entry comes when it does. */
    private static final Pattern LATER = Pattern.compile(
            "Cannot find device .*|RTNETLINK answers: (?:Network is down|No such device)|Command failed -:[0-9]+");

    private final HostTools tools;
    private final InterfaceName vpsInterface;
    /** What we have put there and should still find. */
    private final Set<PermanentEntry> placed = new HashSet<>();
    /** Whether entries of an earlier run have been searched for. */
    private boolean staleRemoved;

    /** A neighbour as the kernel knows it. */
    record PermanentEntry(Ipv4Address address, InterfaceName networkInterface, MacAddress mac) {
        String replace() {
            return String.format(
                    Locale.ROOT,
                    "neigh replace %s lladdr %s dev %s nud permanent protocol %d\n",
                    address,
                    mac,
                    networkInterface,
                    PROTOCOL);
        }

        String delete() {
            return "neigh del " + place() + "\n";
        }

        String place() {
            return address + " dev " + networkInterface;
        }
    }

    NeighbourTable(HostTools tools, InterfaceName vpsInterface) {
        this.tools = tools;
        this.vpsInterface = vpsInterface;
    }

    /** Follows a change of the plan without checking the rest. */
    void change(GuardPlan gone, GuardPlan come) throws GuardFailedException {
        Set<Ipv4Address> leaving = gone.pins().keySet();
        remove(placed.stream()
                .filter(entry -> leaving.contains(entry.address()))
                .toList());
        place(wanted(come));
    }

    /**
     * Compares all of them with the plan and mends what differs.
     *
     * @return what somebody else had changed, for people; what was never there is not among it
     */
    List<String> mend(GuardPlan plan) throws GuardFailedException {
        Collection<PermanentEntry> wanted = wanted(plan);
        if (staleRemoved && wanted.isEmpty() && placed.isEmpty()) {
            return List.of();
        }
        Map<PermanentEntry, Boolean> present = present();
        staleRemoved = true;
        List<PermanentEntry> absent =
                wanted.stream().filter(entry -> !present.containsKey(entry)).toList();
        List<String> found = absent.stream()
                .filter(placed::contains)
                .map(entry -> "the neighbour entry of " + entry.address() + " was not " + entry.mac())
                .toList();
        Set<PermanentEntry> right = Set.copyOf(wanted);
        removeStale(present.keySet().stream()
                .filter(entry -> present.get(entry) && !right.contains(entry))
                .toList());
        placed.clear();
        wanted.stream().filter(present::containsKey).forEach(placed::add);
        place(absent);
        return found;
    }

    private void place(Collection<PermanentEntry> entries) throws GuardFailedException {
        if (entries.isEmpty()) {
            return;
        }
        ToolResult result = batch(entries, PermanentEntry::replace);
        List<String> complaints = result.errors()
                .lines()
                .filter(line -> !LATER.matcher(line).matches())
                .toList();
        if (result.missing() || !complaints.isEmpty()) {
            throw new GuardFailedException(String.format(
                    Locale.ROOT,
                    "permanent neighbour entries cannot be made: %s (%s)",
                    result.missing() ? result.complaint() : "ip says: " + complaints.get(0),
                    result.missing() ? "install iproute2" : "run as root, or grant CAP_NET_ADMIN"));
        }
        if (result.succeeded()) {
            placed.addAll(entries);
        }
    }

    /** What is gone already is no error. */
    private void remove(Collection<PermanentEntry> entries) throws GuardFailedException {
        if (!entries.isEmpty()) {
            batch(entries, PermanentEntry::delete);
            entries.forEach(placed::remove);
        }
    }

    /** Ours by their protocol number, but of an earlier run, or on an interface that no route names any more. */
    private void removeStale(Collection<PermanentEntry> stale) throws GuardFailedException {
        if (stale.isEmpty()) {
            return;
        }
        ToolResult result = batch(stale, PermanentEntry::delete);
        String places = stale.stream().map(PermanentEntry::place).sorted().collect(Collectors.joining(", "));
        if (result.succeeded()) {
            LOG.infof("removed stale permanent neighbour entries: %s", places);
        } else {
            LOG.warnf("stale permanent neighbour entries cannot be removed: %s (%s)", places, result.complaint());
        }
    }

    private ToolResult batch(Collection<PermanentEntry> entries, Function<PermanentEntry, String> command)
            throws GuardFailedException {
        return run(
                List.of("ip", "-4", "-force", "-batch", "-"),
                entries.stream().map(command).collect(Collectors.joining()));
    }

    private List<PermanentEntry> wanted(GuardPlan plan) throws GuardFailedException {
        List<AddressPin> pins = plan.publicPins().stream()
                .filter(pin -> pin.owner().isPresent())
                .toList();
        Map<Ipv4Address, InterfaceName> routes = routes(pins);
        return pins.stream()
                .map(pin -> new PermanentEntry(
                        pin.address(),
                        routes.getOrDefault(pin.address(), vpsInterface),
                        pin.owner().orElseThrow()))
                .toList();
    }

    /** Where the kernel reaches each address without a next hop; those that it reaches otherwise are not among them. */
    private Map<Ipv4Address, InterfaceName> routes(List<AddressPin> pins) throws GuardFailedException {
        if (pins.isEmpty()) {
            return Map.of();
        }
        String questions =
                pins.stream().map(pin -> "route get " + pin.address() + "\n").collect(Collectors.joining());
        Map<Ipv4Address, InterfaceName> routes = new HashMap<>();
        run(List.of("ip", "-4", "-oneline", "-force", "-batch", "-"), questions)
                .output()
                .lines()
                .map(ROUTE::matcher)
                .filter(Matcher::matches)
                .forEach(route ->
                        name(route.group(2)).ifPresent(found -> routes.put(Ipv4Address.parse(route.group(1)), found)));
        return routes;
    }

    /** All permanent entries; true for those that are ours. */
    private Map<PermanentEntry, Boolean> present() throws GuardFailedException {
        Map<PermanentEntry, Boolean> present = new HashMap<>();
        for (String line : list()) {
            Matcher read = ENTRY.matcher(line);
            if (read.matches()) {
                entry(read).ifPresent(entry -> present.put(entry, read.group(4).contains(OURS)));
            }
        }
        return present;
    }

    private List<String> list() throws GuardFailedException {
        return new ArrayList<>(run(List.of("ip", "-4", "neigh", "show", "nud", "permanent"), "")
                .output()
                .lines()
                .toList());
    }

    private static Optional<PermanentEntry> entry(Matcher read) {
        try {
            return Optional.of(new PermanentEntry(
                    Ipv4Address.parse(read.group(1)),
                    new InterfaceName(read.group(2)),
                    MacAddress.parse(read.group(3))));
        } catch (InvalidValueException foreign) {
            return Optional.empty();
        }
    }

    private static Optional<InterfaceName> name(String text) {
        try {
            return Optional.of(new InterfaceName(text));
        } catch (InvalidValueException foreign) {
            return Optional.empty();
        }
    }

    private ToolResult run(List<String> command, String input) throws GuardFailedException {
        try {
            return tools.run(command, input);
        } catch (IOException e) {
            throw new GuardFailedException("neighbour entries cannot be made: " + e.getMessage(), e);
        }
    }
}
