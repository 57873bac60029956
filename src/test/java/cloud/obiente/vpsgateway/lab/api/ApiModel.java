package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * One instance of the deployed API, with its habits: LeaseSync, lists, the reconciler of missing leases, and its ways with
 * VPSs. Instances on one {@link ApiDatabase} are one API. Deterministic, by the timeline and the random numbers it is given;
 * the timeline's thread.
 */
public final class ApiModel {
    static final Duration BETWEEN_LEASE_SYNCS = Duration.ofSeconds(30);
    static final Duration BETWEEN_RECONCILIATIONS = Duration.ofMinutes(5);

    /**
     * @param instance its id, the name of its host: two may have the same
     * @param gateways by the name that the API has for the node; several names may lead to one gateway
     */
    public record Settings(String instance, Map<String, GatewayPort> gateways) {
        public Settings {
            gateways = new LinkedHashMap<>(gateways);
        }
    }

    private final Settings settings;
    private final ApiDatabase database;
    private final Random random;
    private final Consumer<String> say;
    private final Lifetime lifetime;
    private final Map<String, NodeConnection> connections = new LinkedHashMap<>();
    private final VpsLifecycle vpss;

    /** @param say hears what happens, in lines for people */
    public ApiModel(
            Settings settings,
            ApiDatabase database,
            Machines machines,
            Timeline timeline,
            Random random,
            Consumer<String> say) {
        this.settings = settings;
        this.database = database;
        this.random = random;
        this.say = say;
        this.lifetime = new Lifetime(timeline::after);
        settings.gateways()
                .forEach((node, gateway) -> connections.put(
                        node, new NodeConnection(settings.instance(), node, gateway, database, lifetime, random, say)));
        this.vpss = new VpsLifecycle(database, machines, lifetime, random, say, this::callsOf);
    }

    /** Connects to all gateways, and begins its rounds at moments that are its own. */
    public void start() {
        connections.values().forEach(NodeConnection::connect);
        begin(BETWEEN_LEASE_SYNCS, this::leaseSync);
        begin(BETWEEN_RECONCILIATIONS, this::allocateMissing);
    }

    private void begin(Duration period, Runnable round) {
        lifetime.after(part(period), () -> {
            round.run();
            lifetime.every(period, round);
        });
    }

    private Duration part(Duration whole) {
        return Duration.ofMillis(random.nextInt((int) whole.toMillis()));
    }

    /** As if its process was killed. Another instance on the same database goes on where it was. */
    public void kill() {
        lifetime.end();
        connections.values().forEach(NodeConnection::breakOff);
    }

    public VpsLifecycle vpss() {
        return vpss;
    }

    public ApiDatabase database() {
        return database;
    }

    /** The list as it would be sent now. */
    public List<LeaseEntry> writeList(String node) {
        return connections.get(node).writeList();
    }

    /** Sends a list that may have been written earlier; nothing while there is no link. */
    public void sendList(String node, List<LeaseEntry> list) {
        connections.get(node).sendList(list);
    }

    public boolean isConnected(String node) {
        return connections.get(node).link().isPresent();
    }

    /** Breaks the link to the gateway of one node; the instance connects again by itself. */
    public void breakLink(String node) {
        connections.get(node).link().ifPresent(GatewayLink::breakOff);
    }

    private Optional<GatewayCalls> callsOf(String node) {
        return Optional.ofNullable(connections.get(node)).map(NodeConnection::calls);
    }

    /** Every entry of every gateway is written to the table, on its MAC. */
    public void leaseSync() {
        connections.forEach((node, connection) -> connection.calls().listIps().whenComplete((entries, failure) -> {
            if (failure != null) {
                say.accept(settings.instance() + " " + node + ": no LeaseSync: " + failure);
            } else if (!lifetime.isOver()) {
                entries.stream()
                        .filter(entry -> database.vpss().read(entry.vps()).isPresent())
                        .forEach(entry -> database.leases().upsert(entry, node));
            }
        }));
    }

    /** For VPSs that have a VM and no private row. What is answered comes into the table by LeaseSync. */
    public void allocateMissing() {
        Set<String> withLease = database.leases().stream()
                .map(LeaseRow::entry)
                .filter(entry -> !entry.isPublic())
                .map(LeaseEntry::vps)
                .collect(Collectors.toSet());
        for (VpsRecord record : database.vpss().existing()) {
            Optional<MacAddress> nic = database.proxmox().nicOf(record.vps());
            NodeConnection connection = connections.get(record.node());
            if (nic.isPresent() && connection != null && !withLease.contains(record.vps())) {
                connection.link().ifPresent(link -> link.allocate(record.vps(), record.organization(), nic.get())
                        .whenComplete((address, failure) -> say.accept(settings.instance() + ": the missing lease of "
                                + record.vps() + ": " + (failure == null ? address : failure))));
            }
        }
    }
}
