package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Makes one snapshot from another; lives on one thread for the length of one call. The last guard of the rules: one
 * holder per address, one private address per VPS and per MAC.
 */
final class SnapshotBuilder {
    private final IpamSettings settings;
    private PersistentMap<Ipv4Address, Allocation> byAddress;
    private PersistentMap<VpsId, Allocation> privateByVps;
    private PersistentMap<MacAddress, Allocation> privateByMac;
    private ReleasedQueue released;
    private int allocatedInPool;
    private long usedFromStart;

    SnapshotBuilder(
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

    /** @throws IllegalStateException when what was stored breaks a rule */
    static IpamSnapshot load(IpamSettings settings, StoredState stored) {
        SnapshotBuilder builder = new SnapshotBuilder(
                settings,
                PersistentMap.empty(),
                PersistentMap.empty(),
                PersistentMap.empty(),
                ReleasedQueue.of(stored.released()),
                0,
                0);
        stored.allocations().forEach(builder::add);
        return builder.build();
    }

    SnapshotBuilder apply(List<Change> changes, Instant at) {
        changes.forEach(change -> change.before().ifPresent(this::remove));
        changes.forEach(change -> change.after().ifPresent(this::add));
        for (Change change : changes) {
            change.before()
                    .map(Allocation::address)
                    .filter(address -> !byAddress.containsKey(address))
                    .ifPresent(address -> released = released.append(address, at));
        }
        return this;
    }

    IpamSnapshot build() {
        skipUsed();
        return new IpamSnapshot(
                settings, byAddress, privateByVps, privateByMac, released, allocatedInPool, usedFromStart);
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
        return settings.pool().contains(allocation.address()) ? 1 : 0;
    }

    /** An address once used never becomes unused again, so over all commits this passes each place at most once. */
    private void skipUsed() {
        AddressPool pool = settings.pool();
        while (usedFromStart < pool.range().size()
                && isUsed(pool, pool.range().first().plus((int) usedFromStart))) {
            usedFromStart++;
        }
    }

    private boolean isUsed(AddressPool pool, Ipv4Address address) {
        return !pool.contains(address)
                || byAddress.containsKey(address)
                || released.get(address).isPresent();
    }

    private static void require(boolean holds, String broken, Allocation allocation) {
        if (!holds) {
            throw new IllegalStateException(broken + allocation);
        }
    }
}
