package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes one snapshot from another; lives on one thread for the length of one call. The last guard of the rules: one
 * holder per address, one private address per VPS and per MAC.
 */
final class SnapshotBuilder {
    final IpamSettings settings;
    PersistentMap<Ipv4Address, Allocation> byAddress = PersistentMap.empty();
    PersistentMap<VpsId, Allocation> privateByVps = PersistentMap.empty();
    PersistentMap<MacAddress, Allocation> privateByMac = PersistentMap.empty();
    ReleasedQueue released = ReleasedQueue.EMPTY;
    AllocationKnowledge knowledge = AllocationKnowledge.NONE;
    int allocatedInPool;
    /** How many places at the start of the gateway's share are known to hold no never-used address. */
    long usedFromStart;
    /** Of the last command that was news to lists. */
    long revision;

    private SnapshotBuilder(IpamSettings settings) {
        this.settings = settings;
    }

    static SnapshotBuilder from(IpamSnapshot base) {
        SnapshotBuilder builder = new SnapshotBuilder(base.settings);
        builder.byAddress = base.byAddress;
        builder.privateByVps = base.privateByVps;
        builder.privateByMac = base.privateByMac;
        builder.released = base.released;
        builder.knowledge = base.knowledge;
        builder.allocatedInPool = base.allocatedInPool;
        builder.usedFromStart = base.firstFreeHint;
        builder.revision = base.revision;
        return builder;
    }

    /** The same under other settings. */
    static IpamSnapshot moved(IpamSnapshot base, IpamSettings settings) {
        SnapshotBuilder builder = new SnapshotBuilder(settings);
        builder.released = base.released;
        builder.knowledge = base.knowledge;
        builder.revision = base.revision;
        base.byAddress.forEach(builder::add);
        return builder.build();
    }

    /** @throws IllegalStateException when what was stored breaks a rule */
    static IpamSnapshot load(IpamSettings settings, StoredState stored) {
        SnapshotBuilder builder = new SnapshotBuilder(settings);
        builder.released = ReleasedQueue.of(stored.released());
        builder.revision = stored.revision();
        stored.allocations().forEach(builder::add);
        builder.knowledge = AllocationKnowledge.of(stored);
        return builder.build();
    }

    /** @param told the address that the command's caller is told about, changed or not */
    SnapshotBuilder apply(
            List<AllocationChange> changes,
            KnowledgeUpdate learnt,
            Optional<Ipv4Address> told,
            AuditEvent.Action action,
            Instant at) {
        if (action.isNewsToLists()) {
            revision++;
        }
        changes.forEach(change -> change.before().ifPresent(this::remove));
        changes.forEach(change -> change.after().ifPresent(this::add));
        for (AllocationChange change : changes) {
            change.before()
                    .filter(before -> !byAddress.containsKey(before.address()))
                    .ifPresent(before -> release(before, change.after().isEmpty(), action, at));
        }
        int superseded = knowledge.supersededMacs();
        knowledge = knowledge.after(changes, learnt, told, action, revision, at);
        if (knowledge.supersededMacs() > superseded) {
            forgetMacsOfGoneVpss();
        }
        return this;
    }

    /** A VPS that neither holds an address nor could come back to one has no NIC that another could be mistaken for. */
    private void forgetMacsOfGoneVpss() {
        Set<VpsId> remembered = released.vpses();
        knowledge = knowledge.withoutMacsOf(vps -> !privateByVps.containsKey(vps) && !remembered.contains(vps));
    }

    /** @param ended false where the VPS has only moved: then the address is nobody's to come back to */
    private void release(Allocation before, boolean ended, AuditEvent.Action action, Instant at) {
        released = ended
                ? released.append(before, at, action.isNewsToLists() ? revision : 0)
                : released.append(before.address(), at);
    }

    IpamSnapshot build() {
        skipUsed();
        return new IpamSnapshot(this);
    }

    private void remove(Allocation allocation) {
        require(byAddress.get(allocation.address()).equals(Optional.of(allocation)), "not held as said: ", allocation);
        byAddress = byAddress.without(allocation.address());
        if (allocation.isPrivate()) {
            privateByVps = privateByVps.without(allocation.vps());
            allocation.mac().ifPresent(mac -> privateByMac = privateByMac.without(mac));
        }
        allocatedInPool -= countInPool(allocation);
    }

    private void add(Allocation allocation) {
        require(!byAddress.containsKey(allocation.address()), "address held twice: ", allocation);
        byAddress = byAddress.with(allocation.address(), allocation);
        if (allocation.isPrivate()) {
            require(!privateByVps.containsKey(allocation.vps()), "VPS with two private addresses: ", allocation);
            privateByVps = privateByVps.with(allocation.vps(), allocation);
            allocation.mac().ifPresent(mac -> {
                require(!privateByMac.containsKey(mac), "MAC with two private addresses: ", allocation);
                privateByMac = privateByMac.with(mac, allocation);
            });
        }
        released = released.without(allocation.address());
        allocatedInPool += countInPool(allocation);
    }

    private int countInPool(Allocation allocation) {
        return settings.pool().isSelectable(allocation.address()) ? 1 : 0;
    }

    /** An address once used never becomes unused again, so over all commits this passes each place at most once. */
    private void skipUsed() {
        AddressPool pool = settings.pool();
        while (usedFromStart < pool.share().size()
                && isUsed(pool, pool.share().first().plus((int) usedFromStart))) {
            usedFromStart++;
        }
    }

    private boolean isUsed(AddressPool pool, Ipv4Address address) {
        return !pool.isSelectable(address)
                || byAddress.containsKey(address)
                || released.get(address).isPresent();
    }

    private static void require(boolean holds, String broken, Allocation allocation) {
        if (!holds) {
            throw new IllegalStateException(broken + allocation);
        }
    }
}
