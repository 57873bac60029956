package cloud.obiente.vpsgateway.ipam;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The single writer. Its thread alone decides commands and uses the store; the queue is its only way in; the published
 * snapshot, the listeners and the answers are its only ways out.
 *
 * <p>One turn: take what is waiting, decide it in order, commit it once, publish, tell the listeners, answer. While one
 * commit is made durable the next commands gather, so the more callers there are, the more of them share a commit.
 */
final class IpamWriter implements Runnable {
    static final int MAX_QUEUE_LENGTH = 10_000;
    static final int MAX_BATCH = 256;

    private static final Logger LOG = Logger.getLogger(Ipam.class);
    private static final Refusal OVERLOADED = Refusal.of(
            RefusalReason.OVERLOADED,
            MAX_QUEUE_LENGTH + " commands are waiting already; nothing was done, retry later");
    private static final Refusal STOPPING =
            Refusal.of(RefusalReason.STOPPING, "the gateway is stopping; nothing was done, retry when it is back");

    private final AllocationStore store;
    private final EventRetention history;
    private final Clock clock;
    private final BlockingQueue<QueuedCommand<?>> queue = new ArrayBlockingQueue<>(MAX_QUEUE_LENGTH);
    private final List<AllocationListener> listeners;
    private volatile IpamSnapshot published;
    private volatile Optional<String> storeFault = Optional.empty();
    private volatile boolean closing;
    private volatile boolean ended;

    IpamWriter(
            IpamSnapshot loaded,
            AllocationStore store,
            EventRetention history,
            Clock clock,
            List<AllocationListener> listeners) {
        this.published = loaded;
        this.history = history;
        this.store = store;
        this.clock = clock;
        this.listeners = listeners;
    }

    IpamSnapshot published() {
        return published;
    }

    Optional<String> storeFault() {
        return storeFault;
    }

    int queued() {
        return queue.size();
    }

    boolean hasEnded() {
        return ended;
    }

    /** Any thread. The command is always answered, sooner or later. */
    void accept(QueuedCommand<?> command) {
        if (closing) {
            command.refuse(STOPPING);
        } else if (!queue.offer(command)) {
            command.refuse(OVERLOADED);
        } else if (ended) {
            refuseWaiting();
        }
    }

    /**
     * Any thread but the writer's. No command is taken any more; those that wait get their turn.
     *
     * @param wakeUp a command without effect, for a writer that is waiting for one
     */
    void finish(QueuedCommand<?> wakeUp) throws InterruptedException {
        closing = true;
        if (!ended) {
            queue.put(wakeUp);
        }
    }

    @Override
    public void run() {
        try {
            while (!closing || !queue.isEmpty()) {
                process(take());
            }
        } catch (InterruptedException ownerWantsTheThreadBack) {
            LOG.warn("interrupted; commands that wait are refused");
        } finally {
            closing = true;
            ended = true;
            refuseWaiting();
            closeStore();
        }
    }

    /**
     * A turn with what waits now. For an owner that never started the writer's thread: the caller is the writer.
     *
     * @return whether anything has waited
     */
    boolean processWaiting() {
        List<QueuedCommand<?>> waiting = new ArrayList<>();
        queue.drainTo(waiting, MAX_BATCH);
        if (!waiting.isEmpty()) {
            process(waiting);
        }
        return !waiting.isEmpty();
    }

    private List<QueuedCommand<?>> take() throws InterruptedException {
        List<QueuedCommand<?>> taken = new ArrayList<>();
        taken.add(next());
        queue.drainTo(taken, MAX_BATCH - 1);
        return taken;
    }

    /** Where none waits and it is due, the history is tidied: often enough, however often commands come. */
    private QueuedCommand<?> next() throws InterruptedException {
        QueuedCommand<?> command = poll();
        while (command == null) {
            history.forget();
            command = poll();
        }
        return command;
    }

    private QueuedCommand<?> poll() throws InterruptedException {
        return queue.poll(history.untilDue().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void process(List<QueuedCommand<?>> commands) {
        try {
            CommitBatch batch = new CommitBatch(published, clock.instant().truncatedTo(ChronoUnit.MILLIS));
            commands.forEach(command -> command.decideIn(batch));
            Optional<Refusal> notStored = batch.isEmpty() ? Optional.empty() : commit(batch);
            if (notStored.isPresent()) {
                commands.forEach(command -> command.refuse(notStored.get()));
                return;
            }
            published = batch.state();
            tellListeners(batch.changes());
            commands.forEach(QueuedCommand::tellOutcome);
        } catch (RuntimeException | Error fault) {
            LOG.error("a turn of the writer failed; the next commands get theirs", fault);
            commands.forEach(command -> command.fail(fault));
        }
    }

    /** Refuses all commands of the batch when it fails, because later ones may depend on earlier ones. */
    private Optional<Refusal> commit(CommitBatch batch) {
        try {
            store.commit(batch.batch());
        } catch (RuntimeException fault) {
            if (storeFault.isEmpty()) {
                LOG.error("changes are refused until the store can be written again", fault);
            }
            storeFault = Optional.of(String.valueOf(fault.getMessage()));
            return Optional.of(Refusal.of(
                    RefusalReason.STORE_UNAVAILABLE, "nothing was changed, retry later: " + fault.getMessage()));
        }
        if (storeFault.isPresent()) {
            LOG.info("the store can be written again");
            storeFault = Optional.empty();
        }
        return Optional.empty();
    }

    private void tellListeners(List<AllocationChange> changes) {
        if (changes.isEmpty()) {
            return;
        }
        for (AllocationListener listener : listeners) {
            try {
                listener.changed(changes);
            } catch (RuntimeException | Error fault) {
                LOG.error("a listener failed on " + changes, fault);
            }
        }
    }

    private void refuseWaiting() {
        for (QueuedCommand<?> command = queue.poll(); command != null; command = queue.poll()) {
            command.refuse(STOPPING);
        }
    }

    private void closeStore() {
        try {
            store.close();
        } catch (StoreException fault) {
            LOG.warn("the store was not closed in good order; what was answered is safe", fault);
        }
    }
}
