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
    private static final Duration CACHE_INTERVAL = Duration.ofSeconds(15);
    private static final Duration TERMINATION_TIMEOUT = Duration.ofSeconds(3);

    private final DnsmasqSettings settings;
    private final DnsmasqListener listener;
    private final DnsmasqLiveness liveness;
    private final SupervisorThread supervisor = new SupervisorThread("dnsmasq-supervisor");
    private final DnsmasqSupervisor supervision;
    private final HostFileReloads reloads;
    private final Complaints complaints;
    /** Names that the child had dropped from its cache when it was last asked. */
    private long evictions;

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
        this.listener = listener;
        this.liveness = liveness;
        this.complaints = new Complaints(listener, new WarningLimit(System.nanoTime()));
        Confinement confinement = new Confinement(settings, ownUid());
        this.reloads = new HostFileReloads(settings, desired, supervisor, confinement, listener);
        this.supervision = new DnsmasqSupervisor(
                settings, liveness, listener, supervisor, confinement, new DnsmasqSupervisor.Owner() {
                    @Override
                    public void beforeStart() throws IOException {
                        reloads.beforeStart();
                    }

                    @Override
                    public void said(LogEvent event) {
                        handle(event);
                    }

                    @Override
                    public Duration readingFor() {
                        return reloads.readingFor();
                    }

                    @Override
                    public List<String> remarks() {
                        return complaints.remarks(System.nanoTime());
                    }

                    @Override
                    public void gone() {
                        reloads.interrupted();
                    }
                });
        this.reloads.of(supervision);
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
        supervisor.after(CACHE_INTERVAL, this::checkCache);
    }

    /** dnsmasq logs nothing of a cache that is too small. */
    private void checkCache() {
        supervisor.after(CACHE_INTERVAL, this::checkCache);
        if (supervision.running()) {
            liveness.interfaceWatch().ownAddress().ifPresent(address -> liveness.probe()
                    .evictions(address, settings.dnsPort(), CACHE_INTERVAL)
                    .thenAccept(count -> supervisor.run(() -> count.ifPresent(this::noteEvictions))));
        }
    }

    private void noteEvictions(long count) {
        // Another child begins with none.
        long more = count < evictions ? count : count - evictions;
        evictions = count;
        if (more > 0) {
            complaints.heard(
                    Limit.CACHE,
                    more + " names from outside were dropped from its cache before their time (cache-size="
                            + DnsmasqConfigFile.CACHE_SIZE + "; one VPS may be asking for ever new ones)",
                    System.nanoTime());
        }
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
        return supervisor.ask(reloads::publish);
    }

    /**
     * Compares the files on disk with what is desired, and repairs them.
     *
     * @return whether a file had been changed behind our back
     */
    public CompletionStage<Boolean> repairFiles() {
        return supervisor.ask(reloads::repair);
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
            supervisor.run(reloads::close);
            supervisor.close();
        }
    }

    private void handle(LogEvent event) {
        if (event instanceof LogEvent.HostsRead) {
            reloads.read(HostFilePublication.Part.HOSTS);
        } else if (event instanceof LogEvent.DhcpHostsRead) {
            reloads.read(HostFilePublication.Part.DHCP_HOSTS);
        } else if (event instanceof LogEvent.Declined declined) {
            complaints.declined(declined.address(), declined.mac(), System.nanoTime());
            reloads.wantReread();
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
}
