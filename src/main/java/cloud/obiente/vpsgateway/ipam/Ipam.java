package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadFactory;
import org.jboss.logging.Logger;

/**
 * The addresses of this node. All changes run on the thread {@code ipam-writer}; readers see an immutable {@link
 * IpamSnapshot}.
 *
 * <p>Commands may come from any thread and never block. The answer to a command that was done means: it is durable, and
 * {@link #snapshot()} shows it. Answers are given on the writer thread, so what follows on them must be short or move to
 * another thread. An expected "no" is a {@link Outcome.Refused}; an answer fails only by a fault of this program.
 */
public final class Ipam implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Ipam.class);

    private final IpamWriter writer;
    private final Thread thread;

    private Ipam(IpamWriter writer, Thread thread) {
        this.writer = writer;
        this.thread = thread;
    }

    /**
     * Loads what is stored and starts the writer.
     *
     * @param store handed over: used and closed by the writer thread from now on
     * @param threads makes the one thread
     * @param listeners are told in this order
     * @throws StoreException when what is stored cannot be read or contradicts itself; then the store stays the caller's
     */
    public static Ipam open(
            IpamSettings settings,
            AllocationStore store,
            Clock clock,
            ThreadFactory threads,
            AllocationListener... listeners) {
        EventRetention history = new EventRetention(store, settings.historyKept(), clock);
        StoredState stored = store.load();
        IpamSnapshot loaded = snapshotOf(settings, stored);
        List<AllocationListener> told = List.of(listeners);
        told.forEach(listener -> listener.loaded(loaded.all()));
        IpamWriter writer = new IpamWriter(loaded, store, history, clock, told);
        Thread thread = threads.newThread(writer);
        thread.setName("ipam-writer");
        thread.start();
        return new Ipam(writer, thread);
    }

    private static IpamSnapshot snapshotOf(IpamSettings settings, StoredState stored) {
        try {
            return SnapshotBuilder.load(settings, stored);
        } catch (IllegalStateException contradiction) {
            throw new StoreException(
                    "the stored allocations contradict each other: " + contradiction.getMessage(), contradiction);
        }
    }

    /** The state after the last commit. Any thread; free of cost. */
    public IpamSnapshot snapshot() {
        return writer.published();
    }

    /** Decides a command, and makes durable what it changes. */
    public <T> CompletionStage<Outcome<T>> submit(Caller caller, Command<T> command, Cancellation cancellation) {
        return submit(caller, command.action(), command.decision(), cancellation);
    }

    /** Number of commands that wait for their turn. Any thread. */
    public int queued() {
        return writer.queued();
    }

    /** Whether commands are taken: false once the writer has ended, by {@link #close()} or by a fault. Any thread. */
    public boolean isRunning() {
        return !writer.hasEnded();
    }

    /** Why the last commit failed; empty as soon as one has succeeded again. Any thread. */
    public Optional<String> storeFault() {
        return writer.storeFault();
    }

    /**
     * Decides anything else, such as a list.
     *
     * @param action what the changes are called in the audit trail
     */
    public <T> CompletionStage<Outcome<T>> submit(
            Caller caller, Action action, Decision<T> decision, Cancellation cancellation) {
        QueuedCommand<T> command = new QueuedCommand<>(caller, action, decision, cancellation);
        writer.accept(command);
        return command.answer();
    }

    /**
     * Refuses new commands, finishes those that wait, closes the store. Blocks until that is done; must not be called on
     * the writer thread. An interrupt ends the waiting, not the finishing.
     */
    @Override
    public void close() {
        Decision<Boolean> nothing = (state, at) -> new Outcome.Done<>(true, List.of());
        try {
            writer.finish(new QueuedCommand<>(Caller.of("close"), Action.SYNC, nothing, Cancellation.NONE));
            thread.join();
        } catch (InterruptedException callerIsInAHurry) {
            LOG.warn("interrupted while the last commands were finished");
            Thread.currentThread().interrupt();
        }
    }
}
