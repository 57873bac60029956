package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The lease file as it was when it was read whole. Immutable, safe on any thread; look-ups take constant time. */
public final class LeaseSnapshot {
    /** What is known before the first read: nothing, since for ever. */
    public static final LeaseSnapshot UNREAD = new LeaseSnapshot(List.of(), List.of(), Instant.EPOCH);

    private final List<Lease> leases;
    private final List<SkippedLine> skipped;
    private final Instant readAt;
    private final Map<Ipv4Address, List<Lease>> byAddress;
    private final Map<MacAddress, List<Lease>> byMac;

    public LeaseSnapshot(List<Lease> leases, List<SkippedLine> skipped, Instant readAt) {
        this.leases = List.copyOf(leases);
        this.skipped = List.copyOf(skipped);
        this.readAt = readAt;
        this.byAddress = index(Lease::address);
        this.byMac = index(Lease::mac);
    }

    private <K> Map<K, List<Lease>> index(Function<Lease, K> key) {
        return leases.stream().collect(Collectors.groupingBy(key, Collectors.toUnmodifiableList()));
    }

    /** All leases, expired ones included, newest first as dnsmasq writes them. */
    public List<Lease> leases() {
        return leases;
    }

    public List<SkippedLine> skipped() {
        return skipped;
    }

    /** When the content was read; it may have been confirmed unchanged since. */
    public Instant readAt() {
        return readAt;
    }

    /** The newest lease of an address, expired or not. */
    public Optional<Lease> at(Ipv4Address address) {
        return allAt(address).stream().findFirst();
    }

    /** Every lease of an address: dnsmasq keeps one, but believes a damaged file that says two. */
    List<Lease> allAt(Ipv4Address address) {
        return byAddress.getOrDefault(address, List.of());
    }

    /** The leases of a NIC, newest first; more than one when it has used several client identifiers. */
    public List<Lease> of(MacAddress mac) {
        return byMac.getOrDefault(mac, List.of());
    }

    /** Whether a live lease of the address is in other hands than these. */
    public boolean isHeldByOther(Ipv4Address address, Optional<MacAddress> mac, Instant now) {
        return at(address)
                .filter(lease -> lease.isLive(now))
                .filter(lease -> !mac.equals(Optional.of(lease.mac())))
                .isPresent();
    }

    /** The address that the NIC has by a live lease, its newest. */
    public Optional<Ipv4Address> liveAddressOf(MacAddress mac, Instant now) {
        return of(mac).stream()
                .filter(lease -> lease.isLive(now))
                .map(Lease::address)
                .findFirst();
    }

    /** The leases that dnsmasq still counts. */
    public List<Lease> live(Instant now) {
        return leases.stream().filter(lease -> lease.isLive(now)).toList();
    }
}
