package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * DHCP servers on the segment that are not ours. Owns what is known of them. Searches run on the thread {@code segment};
 * readers on any thread. Gateways are none of them: they serve only NICs that they know ({@link OtherGateways}).
 */
public final class OtherServers {
    private static final Logger LOG = Logger.getLogger(OtherServers.class);

    private final DhcpServerSearch search;
    private final Supplier<? extends Collection<Ipv4Address>> ownAddresses;
    private final SegmentListener listener;
    private volatile Map<Ipv4Address, Ipv4Address> servers = Map.of();
    private volatile Optional<String> notChecked = Optional.of("no search has been made yet");

    /**
     * @param ownAddresses of this host: a server that calls itself so is our own dnsmasq
     */
    OtherServers(
            DhcpServerSearch search,
            Supplier<? extends Collection<Ipv4Address>> ownAddresses,
            SegmentListener listener) {
        this.search = search;
        this.ownAddresses = ownAddresses;
        this.listener = listener;
    }

    /** What each server that answered last offered, by the server's identifier. Any thread. */
    public Map<Ipv4Address, Ipv4Address> servers() {
        return servers;
    }

    /** Why the last search could not be made; empty when it could. Any thread. */
    public Optional<String> notChecked() {
        return notChecked;
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
