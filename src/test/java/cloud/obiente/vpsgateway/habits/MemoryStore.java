package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.ReleasedAddress;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.SupersededMac;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What was committed, for the next process to load. Used by one thread at a time, as every store. */
final class MemoryStore implements AllocationStore {
    private final Map<Ipv4Address, StoreBatch.Held> held = new LinkedHashMap<>();
    private final Map<Ipv4Address, ReleasedAddress> released = new LinkedHashMap<>();
    private final Map<Ipv4Address, UnclaimedLease> unclaimed = new LinkedHashMap<>();
    private final Map<MacAddress, SupersededMac> superseded = new LinkedHashMap<>();
    private final Map<ListSource, SourceState> sources = new LinkedHashMap<>();
    private volatile boolean failing;

    /** Commits fail from now on, as the last ones of a process that is killed. */
    void fail(boolean fails) {
        failing = fails;
    }

    boolean isFailing() {
        return failing;
    }

    @Override
    public StoredState load() {
        return new StoredState(
                held.values().stream().map(StoreBatch.Held::allocation).toList(),
                held.entrySet().stream().collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue()
                        .facts())),
                List.copyOf(released.values()),
                List.copyOf(superseded.values()),
                List.copyOf(unclaimed.values()),
                sources);
    }

    @Override
    public void commit(StoreBatch batch) {
        if (failing) {
            throw new StoreException("the process was killed before");
        }
        batch.touched().forEach(address -> {
            held.remove(address);
            released.remove(address);
            unclaimed.remove(address);
        });
        batch.held().forEach(now -> held.put(now.allocation().address(), now));
        batch.released().forEach(address -> released.put(address.address(), address));
        batch.unclaimed().forEach(lease -> unclaimed.put(lease.address(), lease));
        batch.macs().forEach(superseded::remove);
        batch.superseded().forEach(mac -> superseded.put(mac.mac(), mac));
        sources.putAll(batch.sources());
        sources.keySet().removeAll(batch.forgotten());
    }

    @Override
    public boolean forgetEventsBefore(Instant end) {
        return false;
    }

    /** It goes on: another process will open it. */
    @Override
    public void close() {}
}
