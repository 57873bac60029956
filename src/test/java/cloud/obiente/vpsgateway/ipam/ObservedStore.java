package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Semaphore;

/** A real store whose commits a test can count, hold back and let fail. */
final class ObservedStore implements AllocationStore {
    private final AllocationStore real;
    private final List<StoreBatch> commits = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore gate = new Semaphore(0);
    private final Semaphore arrivals = new Semaphore(0);
    private volatile boolean held;
    private volatile boolean failing;

    ObservedStore(AllocationStore real) {
        this.real = real;
    }

    List<StoreBatch> commits() {
        return List.copyOf(commits);
    }

    void failCommits(boolean fail) {
        failing = fail;
    }

    /** From now on commits wait for {@link #letGo}. */
    void hold() {
        held = true;
    }

    /** Returns when a commit waits. */
    void awaitHeldCommit() {
        arrivals.acquireUninterruptibly();
    }

    void letGo() {
        held = false;
        gate.release();
    }

    @Override
    public StoredState load() {
        return real.load();
    }

    @Override
    public void commit(StoreBatch batch) {
        if (held) {
            arrivals.release();
            gate.acquireUninterruptibly();
        }
        if (failing) {
            throw new StoreException("the disk is on fire");
        }
        real.commit(batch);
        commits.add(batch);
    }

    @Override
    public boolean forgetEventsBefore(Instant end) {
        return real.forgetEventsBefore(end);
    }

    @Override
    public void close() {
        real.close();
    }
}
