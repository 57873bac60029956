package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.LinkThread;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.app.check.PortAvailability;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.app.config.ListenEndpoint;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.PreviousRunFiles;
import cloud.obiente.vpsgateway.dnsmasq.UpstreamWatch;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseReleaser;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSaver;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.grpc.GatewayInfo;
import cloud.obiente.vpsgateway.grpc.SharedSecret;
import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.limits.TrafficLimits;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.hostnet.snat.SnatFailedException;
import cloud.obiente.vpsgateway.hostnet.snat.SnatKeeper;
import cloud.obiente.vpsgateway.hostnet.watch.RulesetWatch;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ops.ApiLinkMeters;
import cloud.obiente.vpsgateway.ops.BastionMeters;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.ops.GrpcHealth;
import cloud.obiente.vpsgateway.ops.GuardMeters;
import cloud.obiente.vpsgateway.ops.LimitMeters;
import cloud.obiente.vpsgateway.ops.OrganizationMeters;
import cloud.obiente.vpsgateway.ops.SegmentMeters;
import cloud.obiente.vpsgateway.ops.SyncMeters;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.ssh.sqlite.SqliteSessionRecords;
import cloud.obiente.vpsgateway.sync.AbsenceReview;
import cloud.obiente.vpsgateway.sync.LastSeenRecorder;
import cloud.obiente.vpsgateway.sync.ListAcceptance;
import cloud.obiente.vpsgateway.sync.PreviousRunRecovery;
import cloud.obiente.vpsgateway.sync.WatchTime;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.ShutdownDelayInitiatedEvent;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * The order of start and stop.
 *
 * <p>Start: settings, lock, allocations, outbound address, address guard, traffic limits, dnsmasq, reconciler, bastion;
 * Quarkus opens the other ports after that. Stop: SSH connections end or are ended, readiness down and calls in flight
 * finished (Quarkus, ten seconds), then everything in reverse. Owns the thread of the small recurring tasks.
 */
@Singleton
public class GatewayLifecycle {
    private static final Logger LOG = Logger.getLogger("GatewayServer");
    private static final long HEALTH_SECONDS = 1;
    private static final long OWN_ADDRESS_SECONDS = 1;
    private static final long SWEEP_SECONDS = 30;
    private static final long LINK_SECONDS = 1;
    private static final long CONNECTION_SECONDS = 1;
    private static final long BRIDGE_SECONDS = 1;
    private static final long GUARD_SECONDS = 10;
    private static final long LIMIT_SECONDS = 1;
    private static final long UPSTREAM_SECONDS = 15;
    private static final long LIMIT_CHECK_SECONDS = 5;
    private static final long REVIEW_SECONDS = 5;
    private static final long SIGHTING_SECONDS = 60;

    private final GatewaySettings settings;
    private final StateDirectory directory;
    private final Ipam ipam;
    private final Dnsmasq dnsmasq;
    private final LeaseWatcher leases;
    private final LeaseReleaser leaseReleaser;
    private final Reconciler reconciler;
    private final SharedSecret secret;
    private final GrpcHealth grpcHealth;
    private final OrganizationMeters organizations;
    private final ApiLinkRegistry links;
    private final LinkThread linkThread;
    private final Tunnels tunnels;
    private final OwnAddresses ownAddresses;
    private final SqliteSessionRecords sessionRecords;
    private final SnatKeeper snat;
    private final AddressGuard guard;
    private final RulesetWatch rulesetWatch;
    private final TrafficLimits limits;
    private final LeaseSaver leaseSaver;
    private final SegmentWatch segment;
    private final BastionLifecycle bastion;
    private final GatedPorts ports;
    private final ScheduledExecutorService chores = new ScheduledThreadPoolExecutor(1, work -> {
        Thread thread = new Thread(work, "chores");
        thread.setDaemon(true);
        return thread;
    });

    GatewayLifecycle(
            GatewaySettings settings,
            StateDirectory directory,
            Ipam ipam,
            Dnsmasq dnsmasq,
            LeaseWatcher leases,
            LeaseReleaser leaseReleaser,
            Reconciler reconciler,
            SharedSecret secret,
            GrpcHealth grpcHealth,
            OrganizationMeters organizations,
            ApiLinkRegistry links,
            LinkThread linkThread,
            Tunnels tunnels,
            OwnAddresses ownAddresses,
            SqliteSessionRecords sessionRecords,
            SnatKeeper snat,
            AddressGuard guard,
            RulesetWatch rulesetWatch,
            TrafficLimits limits,
            LeaseSaver leaseSaver,
            SegmentWatch segment,
            BastionLifecycle bastion,
            GatedPorts ports) {
        this.settings = settings;
        this.directory = directory;
        this.ipam = ipam;
        this.dnsmasq = dnsmasq;
        this.leases = leases;
        this.leaseReleaser = leaseReleaser;
        this.reconciler = reconciler;
        this.secret = secret;
        this.grpcHealth = grpcHealth;
        this.organizations = organizations;
        this.links = links;
        this.linkThread = linkThread;
        this.tunnels = tunnels;
        this.ownAddresses = ownAddresses;
        this.sessionRecords = sessionRecords;
        this.snat = snat;
        this.guard = guard;
        this.rulesetWatch = rulesetWatch;
        this.limits = limits;
        this.leaseSaver = leaseSaver;
        this.segment = segment;
        this.bastion = bastion;
        this.ports = ports;
    }

    void start(
            @Observes StartupEvent event,
            GatewayMeters meters,
            ApiLinkMeters linkMeters,
            GuardMeters guardMeters,
            LimitMeters limitMeters,
            SegmentMeters segmentMeters,
            BastionMeters bastionMeters,
            OwnAddressWatch ownAddressWatch,
            MacResolver macResolver,
            WatchTime watchTime,
            AbsenceReview absenceReview,
            ListAcceptance listAcceptance,
            LastSeenRecorder sightings,
            SyncMeters syncMeters,
            DnsmasqSettings dnsmasqSettings,
            UpstreamWatch upstream,
            GatewayInfo facts,
            Clock clock) {
        // Live reload keeps the ports open from one start to the next.
        if (LaunchMode.current() == LaunchMode.NORMAL) {
            requireFree(settings.grpc(), "GATEWAY_GRPC_PORT");
            requireFree(settings.metrics(), "GATEWAY_METRICS_PORT");
        }
        LOG.infof("[GatewayServer] Starting gRPC server on :%d", settings.grpc().port());
        LOG.infof("%d allocations read from %s", ipam.snapshot().all().size(), directory.path());
        ownAddressWatch.start();
        warnOfStranded(ipam.snapshot().stranded());
        setOutboundAddress();
        meters.describe(facts.version());
        meters.watch(ipam, dnsmasq, leases, clock);
        meters.watch(snat);
        guardMeters.watch(guard);
        guardMeters.watch(rulesetWatch);
        limitMeters.watch(limits);
        recall(dnsmasqSettings);
        guardAddresses();
        limitTraffic();
        segmentMeters.watch(segment);
        linkMeters.watch(links, clock);
        syncMeters.watch();
        meters.watch(upstream);
        dnsmasq.start();
        leaseSaver.start(leases::latest);
        leases.start(changed -> macResolver.leasesChanged());
        reconciler.start();
        segment.start();
        settings.apiSecret().file().ifPresent(file -> {
            ScheduledFuture<?> unused = secret.follow(file, chores);
        });
        every(HEALTH_SECONDS, () -> grpcHealth.update(ipam, dnsmasq));
        every(HEALTH_SECONDS, ownAddresses::refresh);
        every(OWN_ADDRESS_SECONDS, ownAddressWatch::check);
        every(SWEEP_SECONDS, organizations::sweep);
        every(BRIDGE_SECONDS, guard::followBridge);
        every(UPSTREAM_SECONDS, upstream::check);
        every(LIMIT_SECONDS, limits::follow);
        every(LIMIT_CHECK_SECONDS, limits::check);
        every(LINK_SECONDS, links::tick);
        every(LINK_SECONDS, macResolver::tick);
        every(CONNECTION_SECONDS, ports::tick);
        every(REVIEW_SECONDS, () -> {
            if (dnsmasq.status().serving()) {
                watchTime.beat();
            }
        });
        every(REVIEW_SECONDS, absenceReview::run);
        every(REVIEW_SECONDS, listAcceptance::check);
        every(SIGHTING_SECONDS, sightings::run);
        bastion.open(chores);
    }

    /**
     * SIGHUP, by which operators and tools such as logrotate ask for this: the files are read now, and not within two
     * seconds. Any thread; the reading is done by the thread that always does it.
     */
    void reload() {
        try {
            chores.execute(() -> {
                Optional<Path> secretFile = settings.apiSecret().file();
                secretFile.ifPresent(secret::reread);
                Optional<Path> keys = bastion.rereadKeys();
                LOG.infof(
                        "SIGHUP: read again %s; %s. All other settings need a restart",
                        secretFile
                                .map(file -> "the API secret (" + file + ")")
                                .orElse("no API secret, which is in no file (GATEWAY_API_SECRET_FILE)"),
                        keys.map(file -> "the keys of the bastion (" + file + ")")
                                .orElse("no keys, there is no bastion"));
            });
        } catch (RejectedExecutionException stopping) {
            LOG.info("SIGHUP: the gateway is stopping");
        }
    }

    /**
     * The gateway has been told to stop: it says so, and SSH connections may go on for a while.
     *
     * @return completes when they have ended
     */
    CompletionStage<Void> prepareToStop() {
        LOG.info("[GatewayServer] Shutting down: letting SSH connections end");
        return tunnels.drain(chores);
    }

    void drain(@Observes ShutdownDelayInitiatedEvent event) {
        LOG.info("[GatewayServer] Shutting down: finishing calls in flight");
        grpcHealth.drain();
        // They are calls in flight that would never finish by themselves.
        links.drain();
    }

    void stop(@Observes ShutdownEvent event) throws Exception {
        tunnels.shutDown();
        chores.shutdownNow();
        grpcHealth.drain();
        links.stop();
        // In reverse; each is closed whatever happened to the one before.
        try (directory;
                leaseSaver;
                snat;
                guard;
                rulesetWatch;
                limits;
                ipam;
                segment;
                sessionRecords;
                dnsmasq;
                leases;
                leaseReleaser;
                reconciler;
                linkThread;
                bastion) {
            LOG.info("[GatewayServer] Stopping");
        }
        LOG.info("[GatewayServer] Stopped");
    }

    private static void requireFree(ListenEndpoint endpoint, String variable) {
        PortAvailability.fault(endpoint).ifPresent(why -> {
            throw new StartFailedException(why + " (stop the program that does, or change " + variable + ")");
        });
    }

    /** First of all that reaches beyond this process: where it cannot be done, nothing else has begun. */
    private void setOutboundAddress() {
        try {
            snat.start();
        } catch (SnatFailedException e) {
            throw new StartFailedException("GATEWAY_OUTBOUND_IP cannot be set up: " + e.getMessage());
        }
    }

    /** Before dnsmasq's files are written anew: what they know and the store does not would be lost. */
    private void recall(DnsmasqSettings files) {
        try {
            PreviousRunRecovery.recall(ipam, PreviousRunFiles.read(files), address -> files.dynamicRange()
                    .filter(dynamicRange -> dynamicRange.addresses().contains(address))
                    .isPresent());
        } catch (IOException | StoreException e) {
            throw new StartFailedException(
                    "what an earlier run has left in " + directory.path() + " cannot be taken over: " + e.getMessage());
        }
    }

    /** Before anybody is served, where that can be; where not, readiness says so, and the guard goes on trying. */
    private void guardAddresses() {
        guard.publish()
                .toCompletableFuture()
                .orTimeout(GUARD_SECONDS, TimeUnit.SECONDS)
                .exceptionally(fault -> {
                    LOG.warnf("starting without the address guard: %s", fault);
                    return null;
                })
                .join();
    }

    /** Before dnsmasq can be asked anything; where it cannot be, it is tried again and again. */
    private void limitTraffic() {
        limits.start()
                .toCompletableFuture()
                .completeOnTimeout(null, GUARD_SECONDS, TimeUnit.SECONDS)
                .join();
    }

    private void every(long seconds, Runnable chore) {
        ScheduledFuture<?> unused = chores.scheduleWithFixedDelay(
                () -> {
                    try {
                        chore.run();
                    } catch (RuntimeException e) {
                        LOG.error("a recurring task failed; it will run again", e);
                    }
                },
                0,
                seconds,
                TimeUnit.SECONDS);
    }

    private static void warnOfStranded(List<Allocation> stranded) {
        stranded.forEach(allocation -> LOG.warnf(
                "%s keeps %s, which is no longer in the pool; the API can move it with SyncAllocations",
                allocation.vps(), allocation.address()));
    }
}
