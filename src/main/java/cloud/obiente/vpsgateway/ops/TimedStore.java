package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ipam.AllocationStore;
import cloud.obiente.vpsgateway.ipam.StoreBatch;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import java.time.Duration;
import java.time.Instant;

/** A store whose commits are measured. Threading as the store behind it. */
public final class TimedStore implements AllocationStore {
    private final AllocationStore store;
    private final GatewayMeters meters;

    public TimedStore(AllocationStore store, GatewayMeters meters) {
        this.store = store;
        this.meters = meters;
    }

    @Override
    public StoredState load() throws StoreException {
        return store.load();
    }

    @Override
    public void commit(StoreBatch batch) throws StoreException {
        long begun = System.nanoTime();
        try {
            store.commit(batch);
        } catch (StoreException e) {
            meters.commitFailed();
            throw e;
        }
        meters.committed(Duration.ofNanos(System.nanoTime() - begun));
    }

    @Override
    public boolean forgetEventsBefore(Instant end) {
        return store.forgetEventsBefore(end);
    }

    @Override
    public void close() throws StoreException {
        store.close();
    }
}
