package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.SupervisorThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Makes changed host entries effective: files written, the child told, and confirmed by it. Confined to the supervisor
 * thread.
 */
final class HostFileReloads {
    private static final Logger LOG = Logger.getLogger(Dnsmasq.class);
    private static final Duration RETRY_WRITE = Duration.ofSeconds(1);
    /** Longer than a busy machine takes; more where the last reload took long. */
    private static final Duration CONFIRMATION_TIMEOUT = Duration.ofSeconds(2);

    private static final int RELOADS_TOLERATED = 3;

    private final DnsmasqSettings settings;
    private final Supplier<DnsmasqHosts> desired;
    private final SupervisorThread supervisor;
    private final Confinement confinement;
    private final DnsmasqListener listener;
    private final HostFilePublication publication;
    private final SighupSender signaller;
    private DnsmasqSupervisor supervision;
    private boolean advanceScheduled;
    /** What the child has read last. */
    private HostFiles served;

    private long signals;
    private Duration lastReload = Duration.ZERO;

    /** @param desired what dnsmasq should serve now; read before the files are written */
    HostFileReloads(
            DnsmasqSettings settings,
            Supplier<DnsmasqHosts> desired,
            SupervisorThread supervisor,
            Confinement confinement,
            DnsmasqListener listener) {
        this.settings = settings;
        this.desired = desired;
        this.supervisor = supervisor;
        this.confinement = confinement;
        this.listener = listener;
        this.signaller = new SighupSender(supervisor);
        this.publication = new HostFilePublication(
                settings.servesDhcp()
                        ? List.of(HostFilePublication.Part.HOSTS, HostFilePublication.Part.DHCP_HOSTS)
                        : List.of(HostFilePublication.Part.HOSTS),
                System.nanoTime());
    }

    /** Whose child is told; before anything else is called. */
    void of(DnsmasqSupervisor supervision) {
        this.supervision = supervision;
    }

    /** Puts the files in place that the child which is started next will read. */
    void beforeStart() throws IOException {
        HostFiles files = HostFiles.of(desired.get());
        files.write(settings, confinement::share);
        publication.begin(files, System.nanoTime());
    }

    /** How long the child has been reading its files again; zero when it is not. */
    Duration readingFor() {
        return publication.readingFor(System.nanoTime());
    }

    /** The child is gone, with what it was reading. */
    void interrupted() {
        publication.interrupted(System.nanoTime());
    }

    /** @return completes once every entry desired now is served */
    CompletionStage<Void> publish() {
        CompletableFuture<Void> confirmed = publication.add();
        advanceSoon();
        return confirmed;
    }

    /** @return whether a file had been changed behind our back; it is mended */
    CompletionStage<Boolean> repair() {
        HostFiles written = publication.written();
        boolean settled = written != null && !publication.wanted();
        boolean changed = settled && !written.matches(settings);
        // What is desired changes with time alone: an address that has rested need not be withheld any more.
        if (changed || (settled && !written.equals(HostFiles.of(desired.get())))) {
            wantReread();
        }
        return CompletableFuture.completedFuture(changed);
    }

    /** The child is to read its files again, whether they have changed or not. */
    void wantReread() {
        publication.wantReread();
        advanceSoon();
    }

    /** What was still to be confirmed fails. */
    void close() {
        signaller.close();
        IllegalStateException closing = new IllegalStateException("the gateway is shutting down");
        publication.interrupted(System.nanoTime());
        publication.takeWaiting().forEach(waiting -> waiting.completeExceptionally(closing));
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

    /** The child has read one of its files. */
    void read(HostFilePublication.Part part) {
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
}
