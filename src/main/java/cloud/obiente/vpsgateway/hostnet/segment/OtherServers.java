package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * DHCP servers on the segment that are not ours, and gateways that say that they have our pool. Owns what is known of both.
 * Searches run on the thread {@code segment}; gateways are heard on any thread; readers on any thread.
 *
 * <p>A gateway serves only NICs that it knows, so it never answers a search; but its own searches are heard, as all
 * DHCPDISCOVERs are, by our dnsmasq.
 */
public final class OtherServers {
    private static final Logger LOG = Logger.getLogger(OtherServers.class);

    private final DhcpServerSearch search;
    private final Supplier<? extends Collection<Ipv4Address>> ownAddresses;
    private final MacAddress ownProbe;
    private final SegmentListener listener;
    private final Clock clock;
    private final Duration gatewayRemembered;
    private final AtomicReference<Optional<Instant>> gatewayHeard = new AtomicReference<>(Optional.empty());
    private volatile Map<Ipv4Address, Ipv4Address> servers = Map.of();
    private volatile Optional<String> notChecked = Optional.of("no search has been made yet");

    /**
     * @param ownAddresses of this host: a server that calls itself so is our own dnsmasq
     * @param ownProbe the MAC address that we search with
     * @param gatewayRemembered how long after it was last heard a gateway is believed to be there
     */
    OtherServers(
            DhcpServerSearch search,
            Supplier<? extends Collection<Ipv4Address>> ownAddresses,
            MacAddress ownProbe,
            SegmentListener listener,
            Clock clock,
            Duration gatewayRemembered) {
        this.search = search;
        this.ownAddresses = ownAddresses;
        this.ownProbe = ownProbe;
        this.listener = listener;
        this.clock = clock;
        this.gatewayRemembered = gatewayRemembered;
    }

    /** What each server that answered last offered, by the server's identifier. Any thread. */
    public Map<Ipv4Address, Ipv4Address> servers() {
        return servers;
    }

    /** Why the last search could not be made; empty when it could. Any thread. */
    public Optional<String> notChecked() {
        return notChecked;
    }

    /** When a gateway was last heard that has our pool, if that is not too long ago to believe it there. Any thread. */
    public Optional<Instant> gatewayHeard() {
        return gatewayHeard.get().filter(this::isRecent);
    }

    private boolean isRecent(Instant heard) {
        return heard.plus(gatewayRemembered).isAfter(clock.instant());
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
            Optional<Instant> before = gatewayHeard.getAndSet(Optional.of(clock.instant()));
            if (before.filter(this::isRecent).isEmpty()) {
                LOG.warnf(
                        "another gateway on this segment has the same pool (its searches come from %s);"
                                + " give each gateway a pool of its own, or both will give the same addresses",
                        mac);
                listener.found(Finding.GATEWAY);
            }
        }
        return true;
    }

    /** Searches once. A search that cannot be made changes nothing of what is known. Thread {@code segment}; blocks. */
    void check() {
        DhcpServerSearch.SearchResult found = search.search();
        notChecked = found.notChecked();
        if (notChecked.isPresent()) {
            return;
        }
        Map<Ipv4Address, Ipv4Address> others = new TreeMap<>();
        Collection<Ipv4Address> own = ownAddresses.get();
        found.offers().stream()
                .filter(offer -> !own.contains(offer.server()))
                .forEach(offer -> others.put(offer.server(), offer.offered()));
        Map<Ipv4Address, Ipv4Address> before = servers;
        servers = java.util.Collections.unmodifiableMap(others);
        others.forEach((server, offered) -> {
            if (!before.containsKey(server)) {
                LOG.warnf(
                        "another DHCP server is on the VPSs' network: %s offers %s to unknown clients;"
                                + " VPSs may get addresses from it (switch it off, or keep it from this network)",
                        server, offered);
                listener.found(Finding.DHCP_SERVER);
            }
        });
        before.keySet().stream()
                .filter(server -> !others.containsKey(server))
                .forEach(server -> LOG.infof("the DHCP server %s does not answer any more", server));
    }
}
