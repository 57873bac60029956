package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Who holds which address at one moment, after a durable commit. Immutable; any thread. */
public final class IpamSnapshot {
    private final IpamSettings settings;
    private final PersistentMap<Ipv4Address, Allocation> byAddress;
    private final PersistentMap<VpsId, Allocation> privateByVps;
    private final PersistentMap<MacAddress, Allocation> privateByMac;
    private final ReleasedQueue released;
    private final int allocatedInPool;
    private final long usedFromStart;

    /** @param usedFromStart how many places at the start of the pool's range are known to hold no never-used address */
    IpamSnapshot(
            IpamSettings settings,
            PersistentMap<Ipv4Address, Allocation> byAddress,
            PersistentMap<VpsId, Allocation> privateByVps,
            PersistentMap<MacAddress, Allocation> privateByMac,
            ReleasedQueue released,
            int allocatedInPool,
            long usedFromStart) {
        this.settings = settings;
        this.byAddress = byAddress;
        this.privateByVps = privateByVps;
        this.privateByMac = privateByMac;
        this.released = released;
        this.allocatedInPool = allocatedInPool;
        this.usedFromStart = usedFromStart;
    }

    /** Every allocation, lowest address first; O(n). */
    public List<Allocation> all() {
        return byAddress.values();
    }

    /** The private allocation of a VPS. */
    public Optional<Allocation> privateOf(VpsId vps) {
        return privateByVps.get(vps);
    }

    /** Who holds the address, of whichever kind. */
    public Optional<Allocation> at(Ipv4Address address) {
        return byAddress.get(address);
    }

    /** The private allocation bound to the MAC. */
    public Optional<Allocation> ofMac(MacAddress mac) {
        return privateByMac.get(mac);
    }

    public AddressPool pool() {
        return settings.pool();
    }

    /** Number of addresses that can be handed out, held or not. */
    public int poolSize() {
        return pool().size();
    }

    /** Number of addresses that can be handed out now, resting ones included. */
    public int poolAvailable() {
        return poolSize() - allocatedInPool;
    }

    /** Number of the pool's addresses that are held. */
    public int allocatedInPool() {
        return allocatedInPool;
    }

    /** Number of the pool's free addresses that still rest since their release; O(released addresses). */
    public int quarantined(Instant now) {
        return released.quarantined(pool(), settings.quarantine(), now);
    }

    /**
     * Private allocations on addresses that are no longer handed out, because the pool was moved or the address became
     * reserved. They stay until the API releases them; an operator should know.
     */
    public List<Allocation> stranded() {
        return privateByVps.values().stream()
                .filter(allocation -> !pool().contains(allocation.address()))
                .toList();
    }

    /** Private allocations in the order of their VPSs. */
    List<Allocation> allPrivate() {
        return privateByVps.values();
    }

    /** Public allocations, lowest address first; O(n). */
    List<Allocation> allPublic() {
        return byAddress.values().stream()
                .filter(allocation -> !allocation.isPrivate())
                .toList();
    }

    /** Released addresses, next for reuse first. */
    List<ReleasedAddress> released() {
        return released.inOrder();
    }

    Optional<ReleasedAddress> releasedAt(Ipv4Address address) {
        return released.get(address);
    }

    /**
     * Addresses of the range that must not be lent to a card nobody knows, although they are bound to no card: held
     * without one, never handed out, or resting. O(size of the range).
     */
    public Set<Ipv4Address> notToBeLent(Ipv4Range range, Instant now) {
        return range.stream()
                .filter(address -> at(address)
                        .map(holding -> holding.mac().isEmpty())
                        .orElseGet(() -> !pool().contains(address) || isResting(address, now)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isResting(Ipv4Address address, Instant now) {
        return releasedAt(address)
                .filter(released -> released.isQuarantined(settings.quarantine(), now))
                .isPresent();
    }

    /**
     * The address for a VPS that has no wish: the lowest that was never used, else the one released longest ago; one that
     * a stranger uses only when all others are held; empty when all are.
     */
    Optional<Ipv4Address> nextFree() {
        return firstNeverUsed(address -> !settings.inUse().test(address))
                .or(() -> released.longestReleased(
                        pool(), address -> !settings.inUse().test(address)))
                .or(() -> firstNeverUsed(address -> true))
                .or(() -> released.longestReleased(pool(), address -> true));
    }

    /**
     * The addresses that VPSs without a wish are given next, first choice first. Those that are known to be in use are not
     * among them, so there may be fewer, or none, although the pool has free ones. O(released addresses).
     *
     * @param count how many at most; not negative
     */
    public List<Ipv4Address> candidates(int count) {
        Stream<Ipv4Address> usedBefore =
                released.inOrder().stream().map(ReleasedAddress::address).filter(pool()::contains);
        return Stream.concat(neverUsed(), usedBefore)
                .filter(address -> !settings.inUse().test(address))
                .limit(count)
                .toList();
    }

    private Optional<Ipv4Address> firstNeverUsed(Predicate<Ipv4Address> acceptable) {
        return neverUsed().filter(acceptable).findFirst();
    }

    private Stream<Ipv4Address> neverUsed() {
        Ipv4Range range = pool().range();
        return LongStream.range(usedFromStart, range.size())
                .mapToObj(place -> range.first().plus((int) place))
                .filter(this::isNeverUsed);
    }

    private boolean isNeverUsed(Ipv4Address address) {
        return pool().contains(address)
                && !byAddress.containsKey(address)
                && releasedAt(address).isEmpty();
    }

    /**
     * The same allocations on a host that has these addresses, and no others, on the segment; O(n) where that is news. An
     * allocation of such an address stays as it is.
     */
    IpamSnapshot onHostWith(Set<Ipv4Address> own) {
        return pool().own().equals(own)
                ? this
                : SnapshotBuilder.load(settings.withPool(pool().withOwn(own)), new StoredState(all(), released()));
    }

    /**
     * The state after changes that belong together.
     *
     * @param at when given-up addresses begin to rest
     * @throws IllegalStateException when the changes do not fit this state or break a rule
     */
    IpamSnapshot after(List<Change> changes, Instant at) {
        return changes.isEmpty()
                ? this
                : new SnapshotBuilder(
                                settings,
                                byAddress,
                                privateByVps,
                                privateByMac,
                                released,
                                allocatedInPool,
                                usedFromStart)
                        .apply(changes, at)
                        .build();
    }
}
