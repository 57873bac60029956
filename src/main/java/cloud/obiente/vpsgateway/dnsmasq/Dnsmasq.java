package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.SupervisorThread;
import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Owns the dnsmasq child and its files: keeps it running, and makes changed host entries effective.
 *
 * <p>All state lives on one thread, {@code dnsmasq-supervisor}, which also starts the child: the child ends when that
 * thread does. The public methods may be called from any thread and never wait, except {@link #close}.
 */
public final class Dnsmasq implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(Dnsmasq.class);
    private static final Duration RETRY_WRITE = Duration.ofSeconds(1);
    /** Longer than a busy machine takes; more where the last reload took long. */
    private static final Duration CONFIRMATION_TIMEOUT = Duration.ofSeconds(2);

    private static final int RELOADS_TOLERATED = 3;
    private static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(3);

    private final DnsmasqSettings settings;
    private final Supplier<DnsmasqHosts> desired;
    private final DnsmasqListener listener;
    private final DnsmasqLiveness liveness;
    private final SupervisorThread supervisor = new SupervisorThread("dnsmasq-supervisor");
    private final DnsmasqSupervisor supervision;
    private final HostFilePublication publication;
    private final SighupSender signaller = new SighupSender(supervisor);
    private final Confinement confinement;
    private final Complaints complaints;
    private boolean advanceScheduled;
    /** What the child has read last. */
    private HostFiles served;

    private long signals;
    private Duration lastReload = Duration.ZERO;

    /**
     * Prepares everything; nothing runs before {@link #start}.
     *
     * @param desired what dnsmasq should serve now; read on the supervisor thread before the files are written
     * @param listener told what goes on
     */
    public Dnsmasq(
            DnsmasqSettings settings,
            Supplier<DnsmasqHosts> desired,
            DnsmasqLiveness liveness,
            DnsmasqListener listener) {
        this.settings = settings;
        this.desired = desired;
        this.listener = listener;
        this.liveness = liveness;
        this.publication = new HostFilePublication(
                settings.servesDhcp()
                        ? List.of(HostFilePublication.Part.HOSTS, HostFilePublication.Part.DHCP_HOSTS)
                        : List.of(HostFilePublication.Part.HOSTS),
                System.nanoTime());
        this.complaints = new Complaints(listener, new WarningLimit(System.nanoTime()));
        this.confinement = new Confinement(settings, ownUid());
        this.supervision = new DnsmasqSupervisor(
                settings, liveness, listener, supervisor, confinement, new DnsmasqSupervisor.Owner() {
                    @Override
                    public void beforeStart() throws IOException {
                        HostFiles files = HostFiles.of(desired.get());
                        files.write(settings, confinement::share);
                        publication.begin(files, System.nanoTime());
                    }

                    @Override
                    public void said(LogEvent event) {
                        handle(event);
                    }

                    @Override
                    public Duration readingFor() {
                        return publication.readingFor(System.nanoTime());
                    }

                    @Override
                    public List<String> remarks() {
                        return complaints.remarks(System.nanoTime());
                    }

                    @Override
                    public void gone() {
                        publication.interrupted(System.nanoTime());
                    }
                });
    }

    private static int ownUid() {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException e) {
            throw new UncheckedIOException("/proc is not mounted, or may not be read", e);
        }
    }

    /** Ends leftovers of an earlier gateway and starts the child; returns at once. */
    public void start() {
        supervisor.run(supervision::start);
    }

    /** Whether DHCP is wanted at all; without it only names are served. */
    public boolean servesDhcp() {
        return settings.servesDhcp();
    }

    /** How the child is; a snapshot. */
    public DnsmasqStatus status() {
        return supervision.status();
    }

    /** A way to see that the child is not rewriting its lease file; what it returns blocks when it is asked. */
    public WriterIdleCheck leaseWriter() {
        return new DnsIdleProbe(this::status, liveness, settings.dnsPort());
    }

    /**
     * Makes the desired entries effective: files written, child told, and confirmed by it.
     *
     * @return completes once every entry desired at the time of the call is served; waits for as long as the child is down.
     *     Completes exceptionally only when it is closed
     */
    public CompletionStage<Void> publish() {
        return supervisor.ask(() -> {
            CompletableFuture<Void> confirmed = publication.add();
            advanceSoon();
            return confirmed;
        });
    }

    /**
     * Compares the files on disk with what is desired, and repairs them.
     *
     * @return whether a file had been changed behind our back
     */
    public CompletionStage<Boolean> repairFiles() {
        return supervisor.ask(() -> {
            HostFiles written = publication.written();
            boolean settled = written != null && !publication.wanted();
            boolean changed = settled && !written.matches(settings);
            // What is desired changes with time alone: an address that has rested need not be withheld any more.
            if (changed || (settled && !written.equals(HostFiles.of(desired.get())))) {
                publication.wantReread();
                advanceSoon();
            }
            return CompletableFuture.completedFuture(changed);
        });
    }

    /** Ends the child, by force after 3 s; what was still to be confirmed fails. Blocks until the child is gone. */
    @Override
    public void close() {
        CompletableFuture<Void> ended = supervisor.ask(supervision::stop).toCompletableFuture();
        try {
            ended.get(TERMINATION_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException stubborn) {
            LOG.warn("dnsmasq did not end when asked; killing it");
            supervisor.run(supervision::kill);
            ended.join();
        } catch (InterruptedException e) {
            supervisor.run(supervision::kill);
            Thread.currentThread().interrupt();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            supervisor.run(() -> {
                signaller.close();
                IllegalStateException closing = new IllegalStateException("the gateway is shutting down");
                publication.interrupted(System.nanoTime());
                publication.takeWaiting().forEach(waiting -> waiting.completeExceptionally(closing));
            });
            supervisor.close();
        }
    }

    /** Lets calls that are already queued join the same reload. */
    private void advanceSoon() {
        if (!advanceScheduled) {
            advanceScheduled = true;
            supervisor.run(this::advance);
        }
    }

    private void advance() {
        advanceScheduled = false;
        if (!supervision.running() || publication.inProgress() || !publication.wanted()) {
            return;
        }
        Duration rest = publication.pauseLeft(System.nanoTime());
        if (rest.toNanos() > 0) {
            advanceAfter(rest);
            return;
        }
        HostFiles files = HostFiles.of(desired.get());
        if (publication.isEffective(files)) {
            publication.takeWaiting().forEach(confirmed -> confirmed.complete(null));
            return;
        }
        try {
            files.write(settings, confinement::share);
            publication.begin(files, System.nanoTime());
            signal();
            LOG.debug("host files written, dnsmasq told to read them");
        } catch (IOException | UncheckedIOException e) {
            LOG.errorf("cannot reload dnsmasq, trying again: %s", e);
            publication.interrupted(System.nanoTime());
            publication.wantReread();
            advanceAfter(RETRY_WRITE);
        }
    }

    private void signal() throws IOException {
        signaller.sendHup(supervision.child());
        long thisSignal = ++signals;
        Duration patience = CONFIRMATION_TIMEOUT.plus(lastReload.multipliedBy(RELOADS_TOLERATED));
        supervisor.after(patience, () -> signalAgain(thisSignal));
    }

    /** The line that confirms is text in a pipe, and can be lost; a signal too many costs a reading of the same files. */
    private void signalAgain(long unconfirmed) {
        if (unconfirmed != signals || !publication.inProgress() || !supervision.running()) {
            return;
        }
        LOG.warn("dnsmasq has not said that it has read its files again; telling it once more");
        try {
            signal();
        } catch (IOException e) {
            LOG.errorf("cannot signal dnsmasq: %s", e);
        }
    }

    private void advanceAfter(Duration wait) {
        advanceScheduled = true;
        supervisor.after(wait, this::advance);
    }

    private void handle(LogEvent event) {
        if (event instanceof LogEvent.HostsRead) {
            read(HostFilePublication.Part.HOSTS);
        } else if (event instanceof LogEvent.DhcpHostsRead) {
            read(HostFilePublication.Part.DHCP_HOSTS);
        } else if (event instanceof LogEvent.Declined declined) {
            complaints.declined(declined.address(), declined.mac(), System.nanoTime());
            publication.wantReread();
            advanceSoon();
        } else if (event instanceof LogEvent.LimitReached limit) {
            complaints.heard(limit.limit(), limit.text(), System.nanoTime());
        } else if (event instanceof LogEvent.Complaint complaint) {
            complaints.heard(complaint.text(), System.nanoTime());
        } else if (event instanceof LogEvent.UnknownClient unknown) {
            listener.unknownClient(unknown.mac());
        } else if (event instanceof LogEvent.NoAddress refused) {
            listener.noAddressFor(refused.mac());
        }
    }

    /** A name that is gone, or has moved, must not be answered by who was forked before. */
    private void endOutdatedWorkers() {
        HostFiles now = publication.written();
        HostFiles before = served;
        served = now;
        if (before == null || !supervision.running()) {
            return;
        }
        List<ProcessHandle> workers = TcpWorkers.of(supervision.child());
        if (!workers.isEmpty() && now.contradicts(before)) {
            TcpWorkers.end(workers);
        }
    }

    private void read(HostFilePublication.Part part) {
        Duration took = publication.read(part, System.nanoTime());
        if (took == null) {
            return;
        }
        // The first reading counts, too: the next may take as long, and is no sign of a child that hangs.
        LOG.debugf("dnsmasq has read the host files after %d ms", took.toMillis());
        supervision.reloadTook(took);
        lastReload = took;
        if (supervision.running()) {
            listener.reloaded(took);
        } else {
            supervision.ready();
        }
        endOutdatedWorkers();
        publication.takeConfirmed().forEach(confirmed -> confirmed.complete(null));
        advanceSoon();
    }
}
