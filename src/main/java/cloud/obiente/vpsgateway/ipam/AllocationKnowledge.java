package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What is known beside who holds which address: the facts of each allocation, the sources of lists, the MACs that were
 * replaced, the leases that nobody has claimed yet. Immutable.
 */
final class AllocationKnowledge {
    static final AllocationKnowledge NONE =
            new AllocationKnowledge(PersistentMap.empty(), PersistentMap.empty(), PersistentMap.empty(), Map.of());

    private final PersistentMap<Ipv4Address, AllocationFacts> facts;
    private final PersistentMap<MacAddress, SupersededMac> superseded;
    private final PersistentMap<Ipv4Address, UnclaimedLease> unclaimed;
    private final Map<ListSource, SourceState> sources;

    private AllocationKnowledge(
            PersistentMap<Ipv4Address, AllocationFacts> facts,
            PersistentMap<MacAddress, SupersededMac> superseded,
            PersistentMap<Ipv4Address, UnclaimedLease> unclaimed,
            Map<ListSource, SourceState> sources) {
        this.facts = facts;
        this.superseded = superseded;
        this.unclaimed = unclaimed;
        this.sources = sources;
    }

    static AllocationKnowledge of(StoredState stored) {
        PersistentMap<Ipv4Address, AllocationFacts> facts = PersistentMap.empty();
        for (Map.Entry<Ipv4Address, AllocationFacts> entry : stored.facts().entrySet()) {
            facts = facts.with(entry.getKey(), entry.getValue());
        }
        PersistentMap<MacAddress, SupersededMac> superseded = PersistentMap.empty();
        for (SupersededMac mac : stored.superseded()) {
            superseded = superseded.with(mac.mac(), mac);
        }
        PersistentMap<Ipv4Address, UnclaimedLease> unclaimed = PersistentMap.empty();
        for (UnclaimedLease lease : stored.unclaimed()) {
            unclaimed = unclaimed.with(lease.address(), lease);
        }
        return new AllocationKnowledge(facts, superseded, unclaimed, Map.copyOf(stored.sources()));
    }

    Optional<AllocationFacts> facts(Ipv4Address address) {
        return facts.get(address);
    }

    Optional<SupersededMac> superseded(MacAddress mac) {
        return superseded.get(mac);
    }

    int supersededMacs() {
        return superseded.size();
    }

    /** MACs that were known as superseded before and are not any more; O(n). */
    List<MacAddress> noLongerSuperseded(AllocationKnowledge before) {
        return before.superseded.values().stream()
                .map(SupersededMac::mac)
                .filter(mac -> !superseded.containsKey(mac))
                .toList();
    }

    /** Without the superseded MACs of VPSs that are gone; O(n). */
    AllocationKnowledge withoutMacsOf(Predicate<VpsId> gone) {
        PersistentMap<MacAddress, SupersededMac> kept = superseded;
        for (SupersededMac mac : superseded.values()) {
            if (gone.test(mac.vps())) {
                kept = kept.without(mac.mac());
            }
        }
        return new AllocationKnowledge(facts, kept, unclaimed, sources);
    }

    Optional<UnclaimedLease> unclaimed(Ipv4Address address) {
        return unclaimed.get(address);
    }

    List<UnclaimedLease> unclaimed() {
        return unclaimed.values();
    }

    Map<ListSource, SourceState> sources() {
        return sources;
    }

    /**
     * What is known after a command.
     *
     * @param told the address that its caller is told about, changed or not
     * @param revision of the command, where it is news to lists that were written before
     */
    AllocationKnowledge after(
            List<AllocationChange> changes,
            KnowledgeUpdate learnt,
            Optional<Ipv4Address> told,
            AuditEvent.Action action,
            long revision,
            Instant at) {
        Draft draft = new Draft();
        changes.forEach(change -> change.before().ifPresent(draft::forget));
        changes.forEach(change ->
                change.after().ifPresent(after -> draft.note(after, change.before(), factsOf(change, action, at), at)));
        learnt.facts().forEach(draft::learn);
        if (action.isNewsToLists()) {
            changes.forEach(change -> change.after()
                    .map(Allocation::address)
                    .ifPresent(address -> draft.touch(address, action, revision, at)));
            told.ifPresent(address -> draft.touch(address, action, revision, at));
        }
        learnt.settled().forEach(address -> draft.unclaimed = draft.unclaimed.without(address));
        learnt.unclaimed().forEach(lease -> draft.unclaimed = draft.unclaimed.with(lease.address(), lease));
        draft.sources.putAll(learnt.sources());
        draft.sources.keySet().removeAll(learnt.forgotten());
        return draft.finished();
    }

    /** As they are before anything is learnt about the changed allocation. */
    private AllocationFacts factsOf(AllocationChange change, AuditEvent.Action action, Instant at) {
        Optional<Allocation> before = change.before();
        AllocationFacts known = before.map(Allocation::address)
                .flatMap(facts::get)
                .orElseGet(() -> AllocationFacts.made(action.origin(), at));
        boolean moved = before.isPresent()
                && !before.get().address().equals(change.subject().address());
        return moved ? known.moved() : known;
    }

    /** The next knowledge while it is made; lives on one thread for the length of one call. */
    private final class Draft {
        private PersistentMap<Ipv4Address, AllocationFacts> facts = AllocationKnowledge.this.facts;
        private PersistentMap<MacAddress, SupersededMac> superseded = AllocationKnowledge.this.superseded;
        private PersistentMap<Ipv4Address, UnclaimedLease> unclaimed = AllocationKnowledge.this.unclaimed;
        private final Map<ListSource, SourceState> sources = new HashMap<>(AllocationKnowledge.this.sources);

        void forget(Allocation before) {
            facts = facts.without(before.address());
        }

        void note(Allocation after, Optional<Allocation> before, AllocationFacts known, Instant at) {
            facts = facts.with(after.address(), known);
            unclaimed = unclaimed.without(after.address());
            if (after.isPrivate()) {
                before.flatMap(Allocation::mac)
                        .filter(mac -> !after.mac().equals(Optional.of(mac)))
                        .ifPresent(mac -> superseded = superseded.with(mac, new SupersededMac(mac, after.vps(), at)));
                after.mac().ifPresent(mac -> superseded = superseded.without(mac));
            }
        }

        void learn(Ipv4Address address, AllocationFacts known) {
            if (facts.containsKey(address)) {
                facts = facts.with(address, known);
            }
        }

        void touch(Ipv4Address address, AuditEvent.Action action, long revision, Instant at) {
            facts.get(address)
                    .ifPresent(known -> facts = facts.with(address, known.touched(action.origin(), revision, at)));
        }

        AllocationKnowledge finished() {
            return new AllocationKnowledge(facts, superseded, unclaimed, Map.copyOf(sources));
        }
    }
}
