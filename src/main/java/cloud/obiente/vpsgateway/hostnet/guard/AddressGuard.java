package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.watch.RuleChange;
import cloud.obiente.vpsgateway.hostnet.watch.RuleKeeper;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps the kernel at what was decided about addresses. Owns the thread {@code guard}, which alone changes and reads our
 * tables, neighbour entries and flows; calls that come while it works share its next transaction. It checks for damage
 * when it is asked to, and when it hears that rules of its tables have changed.
 *
 * <p>What the kernel enforces outlives the gateway on purpose: a gateway that is stopped or killed must not give its VPSs'
 * addresses to whoever sends first. The next start replaces it without a gap, or removes it where nothing is guarded any
 * more.
 */
public final class AddressGuard implements PinPublisher, RuleKeeper, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AddressGuard.class);

    private final Supplier<GuardPlan> decided;
    private final GuardedBridge bridge;
    private final KernelGuard kernel;
    private final GuardListener listener;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> new Thread(work, "guard"));
    private final Queue<CompletableFuture<Void>> waiting = new ConcurrentLinkedQueue<>();
    /** Whether a check that nobody waits for is queued; requests that come meanwhile share it. */
    private final AtomicBoolean checkQueued = new AtomicBoolean();
    /** The last one; touched by the thread only. */
    private GuardPlan plan = GuardPlan.NOTHING;
    /** Completed by the thread, with our first tables. */
    private final CompletableFuture<Void> installed = new CompletableFuture<>();

    private volatile GuardStatus status = GuardStatus.NOT_YET;

    /**
     * Changes nothing yet; {@link #publish} does.
     *
     * @param decided what the kernel should enforce at the moment of the call; called on the guard's thread
     */
    public AddressGuard(
            GuardSettings settings, Supplier<GuardPlan> decided, HostTools tools, GuardListener listener, Clock clock) {
        this.decided = decided;
        this.bridge = new GuardedBridge(settings.bridge());
        this.kernel = new KernelGuard(settings, tools, new DropLedger(listener::counted, clock));
        this.listener = listener;
    }

    @Override
    public CompletionStage<Void> publish() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        waiting.add(done);
        try {
            thread.execute(this::serveWaiting);
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(new GuardFailedException("the gateway is shutting down", closed));
        }
        return done;
    }

    /**
     * Compares what the kernel has with what was decided, and mends it.
     *
     * @return what was found and mended; completes with a {@link GuardFailedException} when it could not be
     */
    public CompletionStage<List<GuardDamage>> check() {
        CompletableFuture<List<GuardDamage>> done = new CompletableFuture<>();
        try {
            thread.execute(() -> complete(List.of(done), this::compareAndMend));
        } catch (RejectedExecutionException closed) {
            done.completeExceptionally(new GuardFailedException("the gateway is shutting down", closed));
        }
        return done;
    }

    /**
     * Checks the guard when a port or an address of the guarded bridge has come or gone since the last time; cheap
     * otherwise.
     */
    public void followBridge() {
        try {
            thread.execute(() -> {
                if (bridgeHasChanged()) {
                    complete(List.of(), this::compareAndMend);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("no longer following the bridge", closed);
        }
    }

    private boolean bridgeHasChanged() {
        try {
            return !plan.on(bridge).equals(plan);
        } catch (UncheckedIOException unreadable) {
            // The check says what is wrong with it.
            return true;
        }
    }

    @Override
    public CompletionStage<Void> installed() {
        return installed.minimalCompletionStage();
    }

    @Override
    public boolean concerns(RuleChange change) {
        return Stream.of(NftTable.values()).anyMatch(table -> table.text().equals(change.table()));
    }

    @Override
    public void checkSoon() {
        if (!checkQueued.compareAndSet(false, true)) {
            return;
        }
        try {
            thread.execute(() -> {
                checkQueued.set(false);
                if (installed.isDone()) {
                    complete(List.of(), this::compareAndMend);
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("the guard is closed", closed);
        }
    }

    public GuardStatus status() {
        return status;
    }

    /** Ends the thread when what is queued has been done. What the kernel enforces stays. */
    @Override
    public void close() {
        thread.shutdown();
    }

    private void serveWaiting() {
        List<CompletableFuture<Void>> calls = new ArrayList<>();
        for (CompletableFuture<Void> call = waiting.poll(); call != null; call = waiting.poll()) {
            calls.add(call);
        }
        if (!calls.isEmpty()) {
            complete(calls, () -> {
                follow();
                return null;
            });
        }
    }

    private List<GuardDamage> compareAndMend() throws GuardFailedException {
        follow();
        List<GuardDamage> found = kernel.mend(this::serveWaiting);
        found.forEach(damage -> {
            LOG.warnf("the guard was changed by somebody else, and mended: %s", damage.found());
            listener.mended(damage);
        });
        return found;
    }

    private void follow() throws GuardFailedException {
        plan = decided.get().on(bridge);
        kernel.follow(plan);
        if (kernel.enforces()) {
            installed.complete(null);
        }
        // Last: whatever can be enforced without it is.
        bridge.require();
    }

    /** Whatever the work throws, those who wait are told, and readiness shows it. */
    private <T> void complete(List<CompletableFuture<T>> calls, Callable<T> work) {
        try {
            T result = work.call();
            note(new GuardStatus(plan.pins().size(), Optional.empty()));
            calls.forEach(call -> call.complete(result));
        } catch (Exception e) {
            GuardFailedException failure = e instanceof GuardFailedException known
                    ? known
                    : new GuardFailedException("addresses cannot be guarded: " + e, e);
            note(new GuardStatus(plan.pins().size(), Optional.of(failure.getMessage())));
            calls.forEach(call -> call.completeExceptionally(failure));
        }
    }

    private void note(GuardStatus now) {
        if (!now.fault().equals(status.fault())) {
            now.fault().ifPresentOrElse(LOG::error, () -> LOG.infof("%d addresses are guarded", now.addresses()));
        }
        status = now;
    }
}
