package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The gateways on the segment that are not this one, by their beacons, and those of which only the searches for DHCP servers
 * are heard. Owns what is known of both. Beacons come and time passes on the thread {@code beacons}; searches are heard, and
 * readers are, on any thread.
 *
 * <p>VPSs can forge either. So nothing follows from them but words, and these are few, as is what is remembered.
 */
public final class OtherGateways {
    private static final Logger LOG = Logger.getLogger(OtherGateways.class);

    static final int MAX_GATEWAYS = 32;
    /** Six beacons are missed before a gateway is believed gone. */
    static final Duration REMEMBERED = BeaconExchange.INTERVAL.multipliedBy(6);
    /** The beacon of a gateway that has just searched may still be on its way. */
    static final Duration BEACON_DUE = BeaconExchange.INTERVAL.multipliedBy(3);

    private final GatewayBeacon own;
    private final MacAddress ownProbe;
    private final Supplier<? extends List<Ipv4Address>> ownAddresses;
    private final SegmentListener listener;
    private final Clock clock;
    private final Duration searchRemembered;
    private final LimitedLog log;

    private final Map<Identity, OtherGateway> known = new HashMap<>();
    private final AtomicReference<Optional<Searches>> searches = new AtomicReference<>(Optional.empty());
    /** When a beacon was last heard that explains the searches with our pool. */
    private volatile Optional<Instant> explained = Optional.empty();

    private boolean unexplainedSaid;
    private volatile List<OtherGateway> published = List.of();
    private volatile boolean crowded;

    /**
     * Searches of gateways with our addresses.
     *
     * @param unexplainedSince the first one since a beacon explained them
     */
    private record Searches(Optional<Instant> unexplainedSince, Instant last) {}

    /** Whoever answers here for that name: a gateway that is set up anew is the same one. */
    private record Identity(Ipv4Address address, DnsLabel node) {}

    /**
     * @param own what this gateway tells the others
     * @param ownProbe the MAC address that it searches with
     * @param ownAddresses of this host, on the segment
     * @param clock one that nobody sets
     * @param searchRemembered how long after its last search a gateway is believed to be there
     */
    OtherGateways(
            GatewayBeacon own,
            MacAddress ownProbe,
            Supplier<? extends List<Ipv4Address>> ownAddresses,
            SegmentListener listener,
            Clock clock,
            Duration searchRemembered) {
        this.own = own;
        this.ownProbe = ownProbe;
        this.ownAddresses = ownAddresses;
        this.listener = listener;
        this.clock = clock;
        this.searchRemembered = searchRemembered;
        this.log = new LimitedLog(LOG, clock, "other gateways on this segment (are beacons forged?)");
    }

    /** Those whose beacons are heard; those with an overlap first. Any thread. */
    public List<OtherGateway> gateways() {
        return published;
    }

    /** How many of them choose from addresses that this one chooses from. Any thread. */
    public int overlaps() {
        return (int) published.stream()
                .filter(gateway -> gateway.overlap().isPresent())
                .count();
    }

    /** Whether there are more than are noted. Any thread. */
    public boolean isCrowded() {
        return crowded;
    }

    /** Whether a gateway with exactly our addresses searches of which no beacon is heard. Any thread. */
    public boolean hasUnseen() {
        Instant now = clock.instant();
        return searches.get()
                .filter(heard -> isRecent(heard, now))
                .flatMap(Searches::unexplainedSince)
                .filter(since -> !since.plus(BEACON_DUE).isAfter(now))
                .filter(this::isUnexplained)
                .isPresent();
    }

    private boolean isUnexplained(Instant since) {
        return explained.filter(beacon -> !beacon.isBefore(since)).isEmpty();
    }

    private boolean isRecent(Searches heard, Instant now) {
        return heard.last().plus(searchRemembered).isAfter(now);
    }

    private Searches searched(Optional<Searches> before, Instant now) {
        if (explained.filter(beacon -> !beacon.plus(REMEMBERED).isBefore(now)).isPresent()) {
            return new Searches(Optional.empty(), now);
        }
        return new Searches(
                before.filter(heard -> isRecent(heard, now))
                        .flatMap(Searches::unexplainedSince)
                        .filter(this::isUnexplained)
                        .or(() -> Optional.of(now)),
                now);
    }

    /**
     * To be told of each MAC address without a reservation that asks for an address. Any thread.
     *
     * @return whether it is a gateway's search, and no VPS
     */
    public boolean heard(MacAddress mac) {
        if (!ProbeMac.isProbe(mac)) {
            return false;
        }
        if (!mac.equals(ownProbe) && ProbeMac.samePool(mac, ownProbe)) {
            Instant now = clock.instant();
            searches.updateAndGet(before -> Optional.of(searched(before, now)));
        }
        return true;
    }

    /** A beacon has come from that address. On the thread of beacons. */
    void heard(GatewayBeacon beacon, Ipv4Address from) {
        if (beacon.instance() == own.instance() || ownAddresses.get().contains(from)) {
            return;
        }
        Instant now = clock.instant();
        if (ProbeMac.sameDigest(beacon.part(), own.part())) {
            explained = Optional.of(now);
        }
        OtherGateway gateway = OtherGateway.of(beacon, from, own.part(), now);
        Identity identity = new Identity(from, beacon.node());
        Optional<OtherGateway> before = Optional.ofNullable(known.get(identity));
        if (before.isEmpty() && known.size() >= MAX_GATEWAYS) {
            if (!crowded) {
                crowded = true;
                log.warn("more than " + MAX_GATEWAYS
                        + " gateways are heard on this segment, and the others are not noted"
                        + " (are beacons forged?)");
            }
            return;
        }
        known.put(identity, gateway);
        if (before.filter(gateway::saysTheSameAs).isEmpty()) {
            say(before, gateway);
        }
        publish();
    }

    private void say(Optional<OtherGateway> before, OtherGateway gateway) {
        if (gateway.overlap().isEmpty()) {
            log.info("another gateway is on this segment: " + gateway.describe());
            return;
        }
        log.warn("another gateway is on this segment: " + gateway.describe());
        if (before.flatMap(OtherGateway::overlap).isEmpty()) {
            listener.found(Finding.GATEWAY);
        }
    }

    /** Time has passed: who was not heard is gone. On the thread of beacons. */
    void tick() {
        Instant now = clock.instant();
        boolean changed = false;
        for (Iterator<OtherGateway> each = known.values().iterator(); each.hasNext(); ) {
            OtherGateway gateway = each.next();
            if (gateway.heard().plus(REMEMBERED).isBefore(now)) {
                each.remove();
                changed = true;
                log.info("the gateway " + gateway.node() + " at " + gateway.address() + " is not heard any more");
            }
        }
        if (changed) {
            crowded = false;
            publish();
        }
        sayUnexplained();
        log.tick();
    }

    private void sayUnexplained() {
        boolean unexplained = hasUnseen();
        if (unexplained && !unexplainedSaid) {
            log.warn("another gateway on this segment chooses addresses from " + own.part()
                    + " as this one does, and its"
                    + " beacons are not heard: two VPSs can get the same address (give each gateway a pool of its own, or a"
                    + " GATEWAY_DHCP_POOL_SHARE, and let UDP port " + BeaconExchange.PORT + " through)");
            listener.found(Finding.GATEWAY);
        }
        unexplainedSaid = unexplained;
    }

    private void publish() {
        List<OtherGateway> all = new ArrayList<>(known.values());
        all.sort(
                Comparator.comparing((OtherGateway gateway) -> gateway.overlap().isEmpty())
                        .thenComparing(OtherGateway::address)
                        .thenComparing(OtherGateway::node));
        published = List.copyOf(all);
    }
}
