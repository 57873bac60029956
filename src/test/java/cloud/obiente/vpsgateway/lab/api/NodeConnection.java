package cloud.obiente.vpsgateway.lab.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * One instance's link to the gateway of one node, kept for ever: a list right after each registration and then from time to
 * time, and a new link some seconds after the end of the last. The timeline's thread.
 */
final class NodeConnection {
    static final Duration BETWEEN_LISTS = Duration.ofMinutes(5);
    static final Duration BEFORE_RECONNECTING = Duration.ofSeconds(5);

    private final String instance;
    private final String node;
    private final GatewayPort gateway;
    private final ApiDatabase database;
    private final Lifetime lifetime;
    private final Random random;
    private final Consumer<String> say;
    private Optional<GatewayLink> link = Optional.empty();

    NodeConnection(
            String instance,
            String node,
            GatewayPort gateway,
            ApiDatabase database,
            Lifetime lifetime,
            Random random,
            Consumer<String> say) {
        this.instance = instance;
        this.node = node;
        this.gateway = gateway;
        this.database = database;
        this.lifetime = lifetime;
        this.random = random;
        this.say = message -> say.accept(instance + " " + node + ": " + message);
    }

    void connect() {
        Lifetime ofThisLink = new Lifetime(lifetime::after);
        gateway.register(instance, node, new LeaseQuestions(database, lifetime), () -> ended(ofThisLink))
                .whenComplete((registered, failure) -> {
                    if (failure != null) {
                        say.accept("not connected: " + failure);
                        reconnectLater();
                    } else if (lifetime.isOver()) {
                        registered.breakOff();
                    } else if (!ofThisLink.isOver()) {
                        say.accept("connected");
                        link = Optional.of(registered);
                        sendList();
                        ofThisLink.every(BETWEEN_LISTS, this::sendList);
                    }
                });
    }

    private void ended(Lifetime ofThisLink) {
        ofThisLink.end();
        link = Optional.empty();
        if (!lifetime.isOver()) {
            say.accept("the link has ended");
            reconnectLater();
        }
    }

    private void reconnectLater() {
        lifetime.after(BEFORE_RECONNECTING, this::connect);
    }

    /** The link if there is one, else unary. */
    GatewayCalls calls() {
        return link.<GatewayCalls>map(registered -> registered).orElse(gateway);
    }

    Optional<GatewayLink> link() {
        return link;
    }

    /** All rows of the node, but for those whose VPS cannot be read just now; in whatever order the database has them. */
    List<LeaseEntry> writeList() {
        List<LeaseEntry> list = new ArrayList<>(database.leases().stream()
                .filter(row -> row.node().equals(node))
                .map(LeaseRow::entry)
                .filter(entry -> database.vpss().read(entry.vps()).isPresent())
                .toList());
        Collections.shuffle(list, random);
        return list;
    }

    void sendList() {
        sendList(writeList());
    }

    /** A list that may have been written earlier. */
    void sendList(List<LeaseEntry> list) {
        link.ifPresent(registered -> registered.sync(list).whenComplete((discovered, failure) -> {
            if (failure != null) {
                say.accept("not synced: " + failure);
            } else {
                discovered.forEach(entry -> database.leases().addDiscovered(entry, node));
            }
        }));
    }

    void breakOff() {
        link.ifPresent(GatewayLink::breakOff);
        link = Optional.empty();
    }
}
