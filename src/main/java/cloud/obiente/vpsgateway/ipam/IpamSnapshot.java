package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Who holds which address at one moment, after a durable commit. Immutable; any thread. */
public final class IpamSnapshot {
    final IpamSettings settings;
    final PersistentMap<Ipv4Address, Allocation> byAddress;
    final PersistentMap<VpsId, Allocation> privateByVps;
    final PersistentMap<MacAddress, Allocation> privateByMac;
    final ReleasedQueue released;
    final AllocationKnowledge knowledge;
    final int allocatedInPool;
    final long firstFreeHint;
    final long revision;

    IpamSnapshot(SnapshotBuilder draft) {
        this.settings = draft.settings;
        this.byAddress = draft.byAddress;
        this.privateByVps = draft.privateByVps;
        this.privateByMac = draft.privateByMac;
        this.released = draft.released;
        this.knowledge = draft.knowledge;
        this.allocatedInPool = draft.allocatedInPool;
        this.firstFreeHint = draft.usedFromStart;
        this.revision = draft.revision;
    }

    /**
     * Number of the last command that was no list. Whoever has written down what this gateway holds knows nothing of
     * commands with higher numbers than the snapshot had then.
     */
    public long revision() {
        return revision;
    }

    /** What is known of an allocation of this snapshot. */
    public AllocationFacts facts(Allocation held) {
        return knowledge
                .facts(held.address())
                .orElseGet(() -> AllocationFacts.made(AllocationFacts.Origin.API, held.allocatedAt()));
    }

    /** The sources of lists that are remembered. */
    public Map<ListSource, SourceState> sources() {
        return knowledge.sources();
    }

    /** Whose private address was bound to the MAC, if another MAC has taken its place and nobody has it now. */
    public Optional<SupersededMac> superseded(MacAddress mac) {
        return knowledge.superseded(mac);
    }

    /** The MAC that has taken the place of this one in that VPS; the same one where none has. */
    public MacAddress livingMac(VpsId vps, MacAddress mac) {
        return superseded(mac)
                .filter(dead -> dead.vps().equals(vps))
                .flatMap(dead -> privateOf(vps))
                .flatMap(Allocation::mac)
                .orElse(mac);
    }

    /** The MAC that may lease the address: its holder's, or that of an unclaimed lease. */
    public Optional<MacAddress> nicOf(Ipv4Address address) {
        Optional<Allocation> holding = at(address);
        return holding.isPresent()
                ? holding.flatMap(Allocation::mac)
                : unclaimedAt(address).map(UnclaimedLease::mac);
    }

    /** Leases that wait for the API to say whose they are, lowest address first; O(n). */
    public List<UnclaimedLease> unclaimed() {
        return knowledge.unclaimed();
    }

    /** The lease of the MAC that waits for the API to say whose it is; O(unclaimed leases). */
    public Optional<UnclaimedLease> unclaimedOf(MacAddress mac) {
        return unclaimed().stream().filter(lease -> lease.mac().equals(mac)).findFirst();
    }

    /** The lease of the address that waits for the API to say whose it is. */
    public Optional<UnclaimedLease> unclaimedAt(Ipv4Address address) {
        return knowledge.unclaimed(address);
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

    /** Number of addresses that the gateway can choose from, held or not. */
    public int poolSize() {
        return pool().size();
    }

    /** Number of addresses that the gateway can choose from now, resting ones included, those leased without a claim not. */
    public int poolAvailable() {
        int withheld = (int) unclaimed().stream()
                .filter(lease -> pool().isSelectable(lease.address()))
                .count();
        return poolSize() - allocatedInPool - withheld;
    }

    /** Number of the addresses that the gateway can choose from which are held. */
    public int allocatedInPool() {
        return allocatedInPool;
    }

    /** Number of the free addresses of the gateway's share that still rest since their release; O(released addresses). */
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

    /** Private allocations on addresses that another gateway is the one to choose; the API has named them, or they are older. */
    public List<Allocation> ofOtherShares() {
        return privateByVps.values().stream()
                .filter(allocation -> pool().isOfAnotherShare(allocation.address()))
                .toList();
    }

    /** Private allocations in the order of their VPSs. */
    public List<Allocation> allPrivate() {
        return privateByVps.values();
    }

    /** Public allocations, lowest address first; O(n). */
    public List<Allocation> allPublic() {
        return byAddress.values().stream()
                .filter(allocation -> !allocation.isPrivate())
                .toList();
    }

    /** Released addresses, next for reuse first. */
    List<ReleasedAddress> released() {
        return released.inOrder();
    }

    /** The address as it was released, if it waits for reuse. */
    public Optional<ReleasedAddress> releasedAt(Ipv4Address address) {
        return released.get(address);
    }

    /**
     * Addresses of the range that must not be leased to an unknown client, although they are bound to no NIC: held
     * without one, never handed out, or resting. O(size of the range).
     */
    public Set<Ipv4Address> excludedFromDynamicRange(Ipv4Range range, Instant now) {
        return range.stream()
                .filter(address -> at(address)
                        .map(holding -> holding.mac().isEmpty())
                        .orElseGet(() -> !pool().contains(address) || isQuarantined(address, now)))
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isQuarantined(Ipv4Address address, Instant now) {
        return releasedAt(address)
                .filter(released -> released.isQuarantined(settings.quarantine(), now))
                .isPresent();
    }

    /** When the VPS was last seen using the address, or a call was last about it. */
    public Instant lastSignOf(Allocation held) {
        AllocationFacts facts = facts(held);
        return facts.seenAt().filter(seen -> seen.isAfter(facts.touchedAt())).orElse(facts.touchedAt());
    }

    /** How many private addresses of the pool nobody was seen using for at least that long. */
    public int unseenFor(Duration span, Instant now) {
        return (int) allPrivate().stream()
                .filter(held -> pool().contains(held.address()))
                .filter(held -> !now.isBefore(lastSignOf(held).plus(span)))
                .count();
    }

    /**
     * Whose addresses are given to others when no other is free, if they are not in use: the few that were unseen for longest,
     * and for long enough. None where nobody's is. O(private allocations).
     */
    public List<Allocation> reclaimCandidates(Instant now) {
        return choice().reclaimCandidates(AddressChoice.MAX_RECLAIM_CANDIDATES, now);
    }

    /** Which address is given next. */
    AddressChoice choice() {
        return new AddressChoice(this);
    }

    /**
     * The addresses that VPSs without a wish are given next, first choice first. Those that are known to be in use are not
     * among them, so there may be fewer, or none, although the pool has free ones. O(released addresses).
     *
     * @param count how many at most; not negative
     */
    public List<Ipv4Address> candidates(int count) {
        return choice().candidates(count);
    }

    /** Whose private addresses commands with higher numbers have released; O(released addresses). */
    public Set<VpsId> releasedAfter(long knownRevision) {
        return released.vpsesReleasedAfter(knownRevision);
    }

    /** The released private address that the VPS had last; O(released addresses). */
    public Optional<ReleasedAddress> lastReleasedOf(VpsId vps) {
        return released.lastOf(vps, Optional.empty());
    }

    /**
     * The same allocations on a host that has these addresses, and no others, on the segment; O(n) where that is news. An
     * allocation of such an address stays as it is.
     */
    IpamSnapshot onHostWith(Set<Ipv4Address> own) {
        return pool().own().equals(own) ? this : SnapshotBuilder.moved(this, settings.withPool(pool().withOwn(own)));
    }

    /**
     * The state after a command.
     *
     * @param told the address that the caller is told about, changed or not
     * @param at when given-up addresses begin to rest
     * @throws IllegalStateException when the changes do not fit this state or break a rule
     */
    IpamSnapshot after(
            List<AllocationChange> changes,
            KnowledgeUpdate learnt,
            Optional<Ipv4Address> told,
            AuditEvent.Action action,
            Instant at) {
        return SnapshotBuilder.from(this)
                .apply(changes, learnt, told, action, at)
                .build();
    }

    /**
     * The state as it would be after some changes of a list, for decisions that are based on them.
     *
     * @throws IllegalStateException when the changes do not fit this state or break a rule
     */
    public IpamSnapshot withChanges(List<AllocationChange> changes, Instant at) {
        return changes.isEmpty()
                ? this
                : after(changes, KnowledgeUpdate.NOTHING, Optional.empty(), AuditEvent.Action.SYNC, at);
    }
}
