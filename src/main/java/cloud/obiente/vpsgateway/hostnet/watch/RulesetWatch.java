package cloud.obiente.vpsgateway.hostnet.watch;

import cloud.obiente.vpsgateway.child.ChildProcess;
import cloud.obiente.vpsgateway.child.Launcher;
import cloud.obiente.vpsgateway.child.ProcessStat;
import cloud.obiente.vpsgateway.child.RestartBackoff;
import cloud.obiente.vpsgateway.child.SupervisorThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Listens to the kernel's announcements of changed rules through a child, {@code nft monitor rules}, which runs from the
 * moment the first keeper has rules until {@link #close}. A child that dies is started again with growing pauses; a host
 * where it cannot run loses nothing but speed.
 *
 * <p>All keepers are known before the child can start, so none of them misses what it says.
 *
 * <p>Owns the child and the thread {@code ruleset-watch}, on which all state is changed; {@link #status} is for any thread.
 */
public final class RulesetWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RulesetWatch.class);
    /** nft does not say from when on it listens; with 10,000 addresses guarded it reads 0.2 s before. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    /** A stopped one is told from one that has nothing to say by its state. */
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);

    private static final int MAX_CHECKS_STOPPED = 4;

    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);

    private final Supplier<Optional<Path>> nft;
    private final Duration settling;
    private final SupervisorThread thread = new SupervisorThread("ruleset-watch");
    private final RestartBackoff backoff = new RestartBackoff();
    private final List<Interest> interests;
    private volatile WatchStatus status = WatchStatus.NOT_YET;
    private ChildProcess child;
    private long startedNanos;
    /** At so many checks in a row the child did nothing because somebody had stopped it. */
    private int checksStopped;

    /** Somebody has rules. */
    private volatile boolean needed;
    /** The child is not to be started again. */
    private boolean stopping;

    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    private RulesetWatch(Supplier<Optional<Path>> nft, Duration settling, List<? extends RuleKeeper> keepers) {
        this.nft = nft;
        this.settling = settling;
        this.interests = keepers.stream().map(Interest::new).toList();
    }

    /**
     * Tells these keepers of changes from the moment the first of them has rules.
     *
     * @param nft where the program is, at the moment of the question; empty: not on this host
     */
    public static RulesetWatch start(Supplier<Optional<Path>> nft, List<? extends RuleKeeper> keepers) {
        return start(nft, SETTLING, keepers);
    }

    /** @param settling after which a child that runs is taken to listen */
    static RulesetWatch start(Supplier<Optional<Path>> nft, Duration settling, List<? extends RuleKeeper> keepers) {
        RulesetWatch watch = new RulesetWatch(nft, settling, keepers);
        keepers.forEach(keeper -> keeper.installed().thenRun(() -> watch.thread.run(watch::listen)));
        return watch;
    }

    private void listen() {
        if (!needed) {
            needed = true;
            spawn();
            thread.every(CHECK_INTERVAL, this::check);
        }
    }

    /** Whether anybody has rules, so that changes matter. Any thread. */
    public boolean isNeeded() {
        return needed;
    }

    public WatchStatus status() {
        return status;
    }

    /** Ends the child; blocks until it is gone, 2 s at most. */
    @Override
    public void close() {
        thread.run(this::stop);
        stopped.completeOnTimeout(null, SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        thread.close();
    }

    private void stop() {
        stopping = true;
        if (child == null) {
            stopped.complete(null);
        } else {
            child.kill();
        }
    }

    private void check() {
        boolean stopped = child != null
                && ProcessStat.of(child.process().pid())
                        .map(ProcessStat::stopped)
                        .orElse(false);
        boolean paused = checksStopped > 0 && child != null;
        checksStopped = stopped ? checksStopped + 1 : 0;
        if (stopped && status.listening()) {
            note(status.paused("nft monitor (process " + child.process().pid() + ") is stopped"));
        } else if (!stopped && paused) {
            settled(child);
        }
        if (checksStopped > MAX_CHECKS_STOPPED) {
            child.kill();
        }
    }

    private void spawn() {
        if (stopping) {
            return;
        }
        startedNanos = System.nanoTime();
        try {
            Path program = nft.get().orElseThrow(() -> new IOException("nft is not installed"));
            ChildProcess started = ChildProcess.start(
                    new ChildProcess.Program(
                            "ruleset-changes",
                            Launcher.DeathSignal.KILL,
                            List.of(),
                            ChildProcess.Input.NOTHING,
                            List.of(program.toString(), "monitor", "rules")),
                    new RulesetObserver());
            child = started;
            thread.after(settling, () -> settled(started));
        } catch (IOException e) {
            failed(Duration.ZERO, e.getMessage());
        }
    }

    /** What happened before the child listened is found by a check. */
    private void settled(ChildProcess started) {
        if (started == child) {
            note(status.heard());
            interests.forEach(Interest::wake);
        }
    }

    private void ended(int exitCode, List<String> lastLines) {
        child = null;
        checksStopped = 0;
        if (stopping) {
            stopped.complete(null);
            return;
        }
        Duration ran = Duration.ofNanos(System.nanoTime() - startedNanos);
        String lastWords = lastLines.isEmpty() ? "" : ": " + lastLines.get(lastLines.size() - 1);
        failed(ran, "nft monitor ended with " + exitCode + lastWords);
    }

    private void failed(Duration ran, String why) {
        Duration wait = backoff.after(ran);
        note(status.deaf(why));
        thread.after(wait, this::spawn);
    }

    /** Said once, however often it is tried. */
    private void note(WatchStatus now) {
        if (now.fault().isPresent() && status.fault().isEmpty()) {
            LOG.warnf(
                    "changed rules of the packet filter are not noticed at once, but by the next comparison: %s; trying"
                            + " again",
                    now.fault().get());
        } else if (now.listening() && status.fault().isPresent()) {
            LOG.info("changed rules of the packet filter are noticed at once again");
        }
        status = now;
    }

    /** A keeper, and when to tell it. Confined to our thread, except the question whether one is concerned. */
    private final class Interest {
        private final RuleKeeper keeper;
        private final CheckDebounce pace = new CheckDebounce();
        private boolean checkIsDue;

        Interest(RuleKeeper keeper) {
            this.keeper = keeper;
        }

        boolean concerns(RuleChange change) {
            return keeper.concerns(change);
        }

        void wake() {
            if (!checkIsDue) {
                checkIsDue = true;
                thread.after(pace.after(System.nanoTime()), this::tell);
            }
        }

        private void tell() {
            checkIsDue = false;
            keeper.checkSoon();
        }
    }

    private final class RulesetObserver implements ChildProcess.ChildObserver {
        @Override
        public void said(ChildProcess speaker, String line) {
            Optional<RuleChange> change = RuleChange.parse(line);
            interests.stream()
                    // What is not understood may be that changes were lost.
                    .filter(interest -> change.map(interest::concerns).orElse(true))
                    .forEach(interest -> thread.run(interest::wake));
        }

        @Override
        public void ended(ChildProcess gone, int exitCode, List<String> lastLines) {
            thread.run(() -> RulesetWatch.this.ended(exitCode, lastLines));
        }
    }
}
