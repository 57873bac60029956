package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.ChildProcess;
import cloud.obiente.vpsgateway.child.Launcher;
import cloud.obiente.vpsgateway.child.ProcessStat;
import cloud.obiente.vpsgateway.child.RestartBackoff;
import cloud.obiente.vpsgateway.child.SupervisorThread;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus.Phase;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Keeps one child running: starts it, waits for it by its handle, starts it again with growing pauses, and replaces one
 * that hangs. Confined to the supervisor thread, except {@link #status}.
 */
final class DnsmasqSupervisor {
    private static final Logger LOG = Logger.getLogger(DnsmasqSupervisor.class);
    private static final Logger DNSMASQ_LOG = Logger.getLogger("dnsmasq");
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    /** So begin its own lines, of whichever half. */
    private static final String PROGRAM = "dnsmasq";

    /** Who is told of the child's life. */
    interface Owner {
        /** Put the host files in place: the child that is started next reads them. */
        void beforeStart() throws IOException;

        void said(LogEvent event);

        /** How long the child has been reading its files again; zero when it is not. */
        Duration readingFor();

        /** What an operator has to know although the child serves. */
        List<String> remarks();

        void gone();
    }

    private final DnsmasqSettings settings;
    private final DnsmasqLiveness liveness;
    private final DnsmasqListener listener;
    private final SupervisorThread supervisor;
    private final Confinement confinement;
    private final Owner owner;
    private final LogParser parser;
    private final RestartBackoff backoff = new RestartBackoff();
    private final LifeSigns signs = new LifeSigns(System.nanoTime());

    private volatile DnsmasqStatus status = DnsmasqStatus.INITIAL;
    private Optional<DnsmasqFault> runFault = Optional.empty();
    /** Of a child that runs. */
    private Optional<DnsmasqFault> answerFault = Optional.empty();

    private Optional<String> remark = Optional.empty();
    private DnsmasqFault endCause;
    private ChildProcess child;
    /** What a child complains of before it serves: why it ends, where it does. */
    private final List<LogEvent> heldBack = new ArrayList<>();

    /** When it wrote a line last; by the thread that reads them. */
    private volatile long heardNanos;

    private CompletableFuture<Void> stopped;
    private long startedNanos;
    private long runningSinceNanos;

    DnsmasqSupervisor(
            DnsmasqSettings settings,
            DnsmasqLiveness liveness,
            DnsmasqListener listener,
            SupervisorThread supervisor,
            Confinement confinement,
            Owner owner) {
        this.settings = settings;
        this.confinement = confinement;
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
        supervisor.every(LifeSigns.CHECK_INTERVAL, this::check);
        spawn();
    }

    /** The child has read its files for the first time. */
    void ready() {
        runningSinceNanos = System.nanoTime();
        signs.begin(runningSinceNanos);
        // Not earlier: what ended the last child is the news until the next one serves.
        runFault = Optional.empty();
        become(Phase.RUNNING);
        heldBack.forEach(owner::said);
        heldBack.clear();
    }

    void reloadTook(Duration took) {
        signs.reloadTook(took);
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
        heldBack.clear();
        startedNanos = System.nanoTime();
        heardNanos = startedNanos;
        runningSinceNanos = 0;
        become(Phase.STARTING);
        try {
            confinement.prepare();
            boolean onLoopback = settings.servesDhcp() && LoopbackDns.isFree(settings.dnsPort());
            writeConfiguration(onLoopback);
            owner.beforeStart();
            confinement.rehearse();
            writeConfiguration(onLoopback);
            child = ChildProcess.start(
                    new ChildProcess.Program(
                            PROGRAM,
                            Launcher.DeathSignal.TERM,
                            confinement.options(),
                            ChildProcess.Input.NOTHING,
                            List.of(PROGRAM, "-k", "-C", settings.configFile().toString())),
                    new StatusObserver());
        } catch (IOException | UncheckedIOException e) {
            child = null;
            DnsmasqFault.Kind kind = String.valueOf(e.getMessage()).contains("Cannot run program")
                    ? DnsmasqFault.Kind.NOT_INSTALLED
                    : DnsmasqFault.Kind.LEASE_FILE;
            ended(new DnsmasqFault(kind, "cannot start dnsmasq: " + e));
        }
    }

    private void writeConfiguration(boolean onLoopback) throws IOException {
        HostFiles.replace(
                settings.configFile(),
                DnsmasqConfigFile.render(settings, confinement.runner(), onLoopback),
                confinement::share);
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

    /** Twice a second: is the interface there, and does the child live? */
    private void check() {
        become(status.phase());
        long now = System.nanoTime();
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
        } else if (running() && interfaceFault().isEmpty()) {
            liveness.interfaceWatch().ownAddress().ifPresent(address -> judge(now, address));
        } else {
            // Without an address to ask there is nothing to conclude from silence.
            signs.begin(now);
        }
    }

    /** dnsmasq would go on writing to the file that has no name any more. */
    private boolean leaseFileDeleted() {
        return settings.servesDhcp() && Files.notExists(settings.leasesFile());
    }

    private void judge(long now, Ipv4Address address) {
        Optional<ProcessStat> process = ProcessStat.of(child.process().pid());
        LifeSigns.Look look = new LifeSigns.Look(
                process.map(ProcessStat::stopped).orElse(false),
                process.map(ProcessStat::systemTicks).orElse(0L),
                UnreadQuestions.octets(address, settings.dnsPort()));
        if (now - heardNanos < LifeSigns.CHECK_INTERVAL.toNanos()) {
            signs.heard(now);
        }
        boolean reading = !owner.readingFor().isZero();
        LifeSigns.Verdict verdict = signs.judge(now, look, reading);
        if (verdict.replace()) {
            replace(verdict.fault().orElseThrow());
            return;
        }
        note(verdict);
        ask(address, verdict.fault().isPresent());
    }

    private void note(LifeSigns.Verdict verdict) {
        if (verdict.remark().isPresent() && remark.isEmpty()) {
            LOG.warn(verdict.remark().get());
        } else if (remark.isPresent() && verdict.remark().isEmpty()) {
            LOG.info("dnsmasq answers the gateway's own questions again");
        }
        answerFault = verdict.fault();
        remark = verdict.remark();
        become(status.phase());
    }

    private void ask(Ipv4Address address, boolean overTcpToo) {
        ChildProcess asked = child;
        liveness.probe()
                .answers(address, settings.dnsPort(), ANSWER_TIMEOUT)
                .thenAccept(answered -> supervisor.run(() -> {
                    if (answered && asked == child) {
                        signs.answered(System.nanoTime());
                    }
                }));
        if (overTcpToo) {
            liveness.probe()
                    .answersOverTcp(address, settings.dnsPort(), ANSWER_TIMEOUT)
                    .thenAccept(answered -> supervisor.run(() -> {
                        if (answered && asked == child) {
                            signs.heard(System.nanoTime());
                        }
                    }));
        }
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
        if (next != Phase.RUNNING) {
            answerFault = Optional.empty();
        }
        Optional<DnsmasqFault> fault = runFault.or(() -> next == Phase.RUNNING ? interfaceFault() : Optional.empty())
                .or(() -> answerFault);
        DnsmasqStatus now = new DnsmasqStatus(
                next,
                fault,
                Stream.concat(remark.stream(), owner.remarks().stream()).toList());
        if (now.equals(before)) {
            return;
        }
        status = now;
        fault.filter(f -> next == Phase.RUNNING
                        && !before.fault().map(DnsmasqFault::kind).equals(Optional.of(f.kind())))
                .ifPresent(f -> LOG.errorf(
                        "%s: %s", settings.servesDhcp() ? "DHCP is not served" : "DNS is not served", f.describe()));
        if (now.serving() && !before.serving()) {
            LOG.infof(
                    "dnsmasq %d serves %s on %s",
                    child.process().pid(),
                    settings.servesDhcp() ? "DHCP and DNS" : "DNS",
                    settings.servesDhcp()
                            ? settings.interfaceName()
                            : settings.listenAddress().orElseThrow());
        }
        listener.statusChanged(now);
    }

    private Optional<DnsmasqFault> interfaceFault() {
        return settings.servesDhcp() ? liveness.interfaceWatch().fault() : Optional.empty();
    }

    private final class StatusObserver implements ChildProcess.ChildObserver {
        @Override
        public void said(ChildProcess speaker, String line) {
            DNSMASQ_LOG.debug(line);
            if (line.startsWith(PROGRAM)) {
                heardNanos = System.nanoTime();
            }
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
                if (event instanceof LogEvent.Complaint && !running()) {
                    heldBack.add(event);
                } else {
                    owner.said(event);
                }
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
