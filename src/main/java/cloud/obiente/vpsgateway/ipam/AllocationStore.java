package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;

/** Where allocations survive the process. Used by one thread at a time: by the opener first, then by the writer thread. */
public interface AllocationStore extends AutoCloseable {

    /** @throws StoreException when what is stored cannot be read */
    StoredState load();

    /**
     * Makes the batch durable as a whole. After a normal return it survives a crash and a power loss.
     *
     * @throws StoreException when nothing of the batch was stored; a later commit may succeed
     */
    void commit(StoreBatch batch);

    /**
     * Removes some of the events that are older than this, oldest first; takes a few milliseconds at most.
     *
     * @return whether there may be more
     * @throws StoreException when none was removed
     */
    boolean forgetEventsBefore(Instant end);

    /** @throws StoreException when the file could not be closed in good order; what was committed is safe nevertheless */
    @Override
    void close();
}
