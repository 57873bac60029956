package cloud.obiente.vpsgateway.hostnet.watch;

import cloud.obiente.vpsgateway.child.Backoff;
import cloud.obiente.vpsgateway.child.Child;
import cloud.obiente.vpsgateway.child.SupervisorThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Listens to the kernel's announcements of changed rules through a child, {@code nft monitor rules}, which runs from the
 * first wish to hear until {@link #close}. A child that dies is started again with growing pauses; a host where it cannot
 * run loses nothing but speed.
 *
 * <p>Owns the child and the thread {@code ruleset-watch}, on which all state is changed; {@link #status} is for any thread.
 */
public final class RulesetWatch implements RuleChanges, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(RulesetWatch.class);
    /** nft does not say from when on it listens; with 10,000 addresses guarded it reads 0.2 s before. */
    private static final Duration SETTLING = Duration.ofSeconds(1);

    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final Supplier<Optional<Path>> nft;
    private final Duration settling;
    private final SupervisorThread thread = new SupervisorThread("ruleset-watch");
    private final Backoff backoff = new Backoff();
    /** Replaced on our thread; read on the thread that reads the child's lines, to which most are of no interest. */
    private volatile List<Interest> interests = List.of();

    private volatile WatchStatus status = WatchStatus.NOT_YET;
    private Child child;
    private long startedNanos;
    /** The child is not to be started again. */
    private boolean stopping;

    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /** @param nft where the program is, at the moment of the question; empty: not on this host */
    public RulesetWatch(Supplier<Optional<Path>> nft) {
        this(nft, SETTLING);
    }

    /** @param settling after which a child that runs is taken to listen */
    RulesetWatch(Supplier<Optional<Path>> nft, Duration settling) {
        this.nft = nft;
        this.settling = settling;
    }

    @Override
    public void hear(Predicate<RuleChange> concerns, Runnable look) {
        thread.run(() -> {
            boolean first = interests.isEmpty();
            interests = Stream.concat(interests.stream(), Stream.of(new Interest(concerns, look)))
                    .toList();
            if (first) {
                spawn();
            }
        });
    }

    public WatchStatus status() {
        return status;
    }

    /** Ends the child; blocks until it is gone, 2 s at most. */
    @Override
    public void close() {
        thread.run(this::stop);
        stopped.completeOnTimeout(null, GOODBYE.toMillis(), TimeUnit.MILLISECONDS)
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

    private void spawn() {
        if (stopping) {
            return;
        }
        startedNanos = System.nanoTime();
        try {
            Path program = nft.get().orElseThrow(() -> new IOException("nft is not installed"));
            Child started = Child.start(
                    Child.DeathSignal.KILL,
                    List.of(program.toString(), "monitor", "rules"),
                    new Observer(),
                    RulesetWatch::readingThread);
            child = started;
            thread.after(settling, () -> settled(started));
        } catch (IOException e) {
            failed(Duration.ZERO, e.getMessage());
        }
    }

    private static Thread readingThread(Runnable work) {
        Thread thread = new Thread(work, "ruleset-changes");
        thread.setDaemon(true);
        return thread;
    }

    /** What happened before the child listened is found by looking. */
    private void settled(Child started) {
        if (started == child) {
            note(status.heard());
            interests.forEach(Interest::wake);
        }
    }

    private void ended(int exitCode, List<String> lastLines) {
        child = null;
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
        } else if (now.hearing() && status.fault().isPresent()) {
            LOG.info("changed rules of the packet filter are noticed at once again");
        }
        status = now;
    }

    /** Somebody who wants to hear of some rules. Confined to our thread, except the question whether one is concerned. */
    private final class Interest {
        private final Predicate<RuleChange> concerns;
        private final Runnable look;
        private final Pace pace = new Pace();
        private boolean lookIsDue;

        Interest(Predicate<RuleChange> concerns, Runnable look) {
            this.concerns = concerns;
            this.look = look;
        }

        void wake() {
            if (!lookIsDue) {
                lookIsDue = true;
                thread.after(pace.after(System.nanoTime()), this::haveLook);
            }
        }

        private void haveLook() {
            lookIsDue = false;
            look.run();
        }
    }

    private final class Observer implements Child.Observer {
        @Override
        public void said(Child speaker, String line) {
            Optional<RuleChange> change = RuleChange.parse(line);
            interests.stream()
                    // What is not understood may be that changes were lost.
                    .filter(interest -> change.map(interest.concerns::test).orElse(true))
                    .forEach(interest -> thread.run(interest::wake));
        }

        @Override
        public void ended(Child gone, int exitCode, List<String> lastLines) {
            thread.run(() -> RulesetWatch.this.ended(exitCode, lastLines));
        }
    }
}
