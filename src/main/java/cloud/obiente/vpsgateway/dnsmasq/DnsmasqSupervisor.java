package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.ChildProcess;
import cloud.obiente.vpsgateway.child.RestartBackoff;
import cloud.obiente.vpsgateway.child.SupervisorThread;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus.Phase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Keeps one child running: starts it, waits for it by its handle, starts it again with growing pauses, and replaces one
 * that hangs. Confined to the supervisor thread, except {@link #status}.
 */
final class DnsmasqSupervisor {
    private static final Logger LOG = Logger.getLogger(DnsmasqSupervisor.class);
    private static final Logger DNSMASQ_LOG = Logger.getLogger("dnsmasq");
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration HUNG_AFTER = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    /** A reload stops all answers; what the last one took, this one may take several times over. */
    private static final int RELOADS_TOLERATED = 3;

    /** Who is told of the child's life. */
    interface Owner {
        /** Put the host files in place: the child that is started next reads them. */
        void beforeStart() throws IOException;

        void said(LogEvent event);

        /** How long the child has been reading its files again; zero when it is not. */
        Duration readingFor();

        void gone();
    }

    private final DnsmasqSettings settings;
    private final DnsmasqLiveness liveness;
    private final DnsmasqListener listener;
    private final SupervisorThread supervisor;
    private final Owner owner;
    private final LogParser parser;
    private final RestartBackoff backoff = new RestartBackoff();
    private final UnansweredTime silence = new UnansweredTime(CHECK_INTERVAL, System.nanoTime());

    private volatile DnsmasqStatus status = DnsmasqStatus.INITIAL;
    private Optional<DnsmasqFault> runFault = Optional.empty();
    private DnsmasqFault endCause;
    private ChildProcess child;
    private CompletableFuture<Void> stopped;
    private long startedNanos;
    private long runningSinceNanos;
    private Duration lastReload = Duration.ZERO;

    DnsmasqSupervisor(
            DnsmasqSettings settings,
            DnsmasqLiveness liveness,
            DnsmasqListener listener,
            SupervisorThread supervisor,
            Owner owner) {
        this.settings = settings;
        this.liveness = liveness;
        this.listener = listener;
        this.supervisor = supervisor;
        this.owner = owner;
        this.parser = new LogParser(settings.hostsFile(), settings.dhcpHostsFile());
    }

    DnsmasqStatus status() {
        return status;
    }

    boolean running() {
        return status.phase() == Phase.RUNNING;
    }

    Process child() {
        return child.process();
    }

    void start() {
        OrphanedChildren.killStale(settings.configFile());
        supervisor.every(CHECK_INTERVAL, this::check);
        spawn();
    }

    /** The child has read its files for the first time. */
    void ready() {
        runningSinceNanos = System.nanoTime();
        silence.reset(runningSinceNanos);
        // Not earlier: what ended the last child is the news until the next one serves.
        runFault = Optional.empty();
        become(Phase.RUNNING);
        LOG.infof(
                "dnsmasq %d serves %s on %s",
                child.process().pid(),
                settings.servesDhcp() ? "DHCP and DNS" : "DNS",
                settings.servesDhcp()
                        ? settings.interfaceName()
                        : settings.listenAddress().orElseThrow());
    }

    void reloadTook(Duration took) {
        lastReload = took;
    }

    /** Asks the child to end, which saves nothing, because its lease file is always current; completes when it is gone. */
    CompletableFuture<Void> stop() {
        stopped = new CompletableFuture<>();
        if (child == null) {
            become(Phase.STOPPED);
            stopped.complete(null);
        } else {
            child.terminate();
        }
        return stopped;
    }

    void kill() {
        if (child != null) {
            child.kill();
        }
    }

    private void spawn() {
        if (stopped != null) {
            return;
        }
        endCause = null;
        startedNanos = System.nanoTime();
        runningSinceNanos = 0;
        become(Phase.STARTING);
        try {
            HostFiles.replace(
                    settings.configFile(),
                    DnsmasqConfigFile.render(
                            settings, ownUid(), settings.servesDhcp() && LoopbackDns.isFree(settings.dnsPort())));
            owner.beforeStart();
            child = ChildProcess.start(
                    ChildProcess.DeathSignal.TERM,
                    command(settings.configFile()),
                    new StatusObserver(),
                    DnsmasqSupervisor::logThread);
        } catch (IOException | UncheckedIOException e) {
            child = null;
            DnsmasqFault.Kind kind = String.valueOf(e.getMessage()).contains("Cannot run program")
                    ? DnsmasqFault.Kind.NOT_INSTALLED
                    : DnsmasqFault.Kind.LEASE_FILE;
            ended(new DnsmasqFault(kind, "cannot start dnsmasq: " + e));
        }
    }

    private static List<String> command(Path configFile) {
        return List.of("dnsmasq", "-k", "-C", configFile.toString());
    }

    private static int ownUid() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static Thread logThread(Runnable work) {
        Thread thread = new Thread(work, "dnsmasq-log");
        thread.setDaemon(true);
        return thread;
    }

    private void ended(DnsmasqFault fault) {
        DnsmasqFault cause = endCause == null ? fault : endCause;
        child = null;
        owner.gone();
        if (stopped != null) {
            become(Phase.STOPPED);
            stopped.complete(null);
            return;
        }
        Duration served =
                runningSinceNanos == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - runningSinceNanos);
        Duration wait = backoff.after(served);
        runFault = Optional.of(cause);
        LOG.errorf("%s; starting it again in %d ms", cause.describe(), wait.toMillis());
        // Counted before the state changes, so that readers of the state find its cause.
        listener.restarting(cause);
        become(Phase.WAITING);
        supervisor.after(wait, this::spawn);
    }

    /** Once a second: is the interface there, and does the child answer? */
    private void check() {
        become(status.phase());
        long now = System.nanoTime();
        Duration silent = silence.at(now);
        if (status.phase() == Phase.STARTING && now - startedNanos > START_TIMEOUT.toNanos()) {
            replace(new DnsmasqFault(
                    DnsmasqFault.Kind.SLOW_START,
                    "dnsmasq has not read its files within " + START_TIMEOUT.toSeconds() + " s"));
        } else if (running() && leaseFileDeleted()) {
            replace(new DnsmasqFault(
                    DnsmasqFault.Kind.LEASE_FILE, "the lease file has been deleted while dnsmasq was using it"));
        } else if (running() && owner.readingFor().compareTo(START_TIMEOUT) > 0) {
            // The signal, or the answer to it, was lost: nothing would become effective any more.
            replace(new DnsmasqFault(
                    DnsmasqFault.Kind.SLOW_START,
                    "dnsmasq has not read its files again within " + START_TIMEOUT.toSeconds() + " s"));
        } else if (status.serving()) {
            probe(silent);
        } else {
            // Without an address to ask there is nothing to conclude from silence.
            silence.reset(now);
        }
    }

    /** dnsmasq would go on writing to the file that has no name any more. */
    private boolean leaseFileDeleted() {
        return settings.servesDhcp() && Files.notExists(settings.leasesFile());
    }

    private void probe(Duration silent) {
        Duration tolerated = lastReload.multipliedBy(RELOADS_TOLERATED);
        Duration limit = tolerated.compareTo(HUNG_AFTER) > 0 ? tolerated : HUNG_AFTER;
        if (silent.compareTo(limit) > 0) {
            replace(new DnsmasqFault(
                    DnsmasqFault.Kind.HUNG, "dnsmasq has not answered for " + limit.toSeconds() + " s"));
            return;
        }
        ChildProcess asked = child;
        liveness.interfaceWatch().ownAddress().ifPresent(address -> liveness.probe()
                .answers(address, settings.dnsPort(), ANSWER_TIMEOUT)
                .thenAccept(answered -> supervisor.run(() -> {
                    if (answered && asked == child) {
                        silence.reset(System.nanoTime());
                    }
                })));
    }

    private void replace(DnsmasqFault cause) {
        if (endCause == null) {
            endCause = cause;
            child.kill();
        }
    }

    private void become(Phase next) {
        DnsmasqStatus before = status;
        if (before.phase() != next && !before.phase().canBecome(next)) {
            throw new IllegalStateException("dnsmasq cannot become " + next + " from " + before.phase());
        }
        Optional<DnsmasqFault> fault = runFault;
        if (fault.isEmpty() && next == Phase.RUNNING && settings.servesDhcp()) {
            fault = liveness.interfaceWatch().fault();
        }
        DnsmasqStatus now = new DnsmasqStatus(next, fault);
        if (now.equals(before)) {
            return;
        }
        status = now;
        fault.filter(f -> before.fault().isEmpty() && next == Phase.RUNNING)
                .ifPresent(f -> LOG.errorf("DHCP is not served: %s", f.describe()));
        if (before.fault().isPresent() && now.serving()) {
            LOG.info("DHCP and DNS are served again");
        }
        listener.statusChanged(now);
    }

    private final class StatusObserver implements ChildProcess.ChildObserver {
        @Override
        public void said(ChildProcess speaker, String line) {
            DNSMASQ_LOG.debug(line);
            parser.parse(line).ifPresent(event -> said(speaker, event));
        }

        private void said(ChildProcess speaker, LogEvent event) {
            supervisor.run(() -> {
                if (speaker != child) {
                    return;
                }
                if (event instanceof LogEvent.Trouble trouble) {
                    // dnsmasq would run on without ever trying again.
                    replace(trouble.fault());
                }
                owner.said(event);
            });
        }

        @Override
        public void ended(ChildProcess ended, int exitCode, List<String> lastLines) {
            supervisor.run(() -> {
                if (ended == child) {
                    DnsmasqSupervisor.this.ended(DnsmasqFault.ofExit(exitCode, lastLines));
                }
            });
        }
    }
}
