package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener;
import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.FirstLeases;
import cloud.obiente.vpsgateway.apilink.MacBinder;
import cloud.obiente.vpsgateway.apilink.MacInquiries;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.apilink.UnaryCalls;
import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.grpc.UnfilteredOrder;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AdoptCommand;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.ipam.Reclaiming;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.ipam.StepwiseWriter;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.api.GatewayCalls;
import cloud.obiente.vpsgateway.lab.api.GatewayLink;
import cloud.obiente.vpsgateway.lab.api.GatewayPort;
import cloud.obiente.vpsgateway.lab.api.GatewayPort.Owner;
import cloud.obiente.vpsgateway.lab.api.GatewayPort.Questions;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.lab.api.ManualTimeline;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.reconcile.DnsDhcpBackend;
import cloud.obiente.vpsgateway.reconcile.GuardEnforcement;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.sync.AbsenceReview;
import cloud.obiente.vpsgateway.sync.AllocationList;
import cloud.obiente.vpsgateway.sync.ArpEvidence;
import cloud.obiente.vpsgateway.sync.DesiredAllocation;
import cloud.obiente.vpsgateway.sync.LastSeenRecorder;
import cloud.obiente.vpsgateway.sync.LeaseEvidence;
import cloud.obiente.vpsgateway.sync.SyncPipeline;
import cloud.obiente.vpsgateway.sync.SyncReport;
import cloud.obiente.vpsgateway.sync.SyncRules;
import cloud.obiente.vpsgateway.sync.UsageEvidence;
import cloud.obiente.vpsgateway.sync.WatchTime;
import cloud.obiente.vpsgateway.sync.WatchedEvidence;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.ByteString;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The domain of a gateway in one process after the other, without sockets, dnsmasq and kernel: what is decided is in effect.
 * All of it is one thread, the timeline's, which decides what it has asked for at once, so that a sequence always ends the
 * same.
 */
final class MemoryGateway implements GatewayCalls, AutoCloseable {
    static final Duration GRACE = Duration.ofMinutes(15);
    private static final Duration SIGHTING = Duration.ofMinutes(10);
    private static final Duration REVIEW = Duration.ofSeconds(30);
    private static final Caller REBINDING = Caller.of("self-healing");
    private static final Caller API = Caller.of("10.0.0.1");

    private final ManualTimeline timeline;
    private final AddressPool pool;
    private final UnknownClients mode;
    private final Optional<Duration> reclaimAfter;
    private final Segment segment;
    private final MemoryStore store = new MemoryStore();
    private final StepwiseWriter writer = new StepwiseWriter();
    private final Executor loop = new OneByOne();
    private final List<MemoryLink> links = new ArrayList<>();
    private final List<Optional<Ipv4Address>> asked = new ArrayList<>();
    private Ipam ipam;
    private Provisioner provisioner;
    private SyncPipeline syncs;
    private AbsenceReview review;
    private LastSeenRecorder sightings;
    private MacInquiries inquiries;
    private WatchTime watch;
    private UsageEvidence evidence;
    private boolean away;
    private ApiLinkRegistry apiLinks;
    private MacResolver resolver;
    /** Told after each change. */
    private Runnable onChange = () -> {};

    private BiConsumer<MacAddress, Optional<Owner>> onAnswer = (mac, owner) -> {};

    /**
     * @param tick how often what is to be called about every second is called
     * @param reclaimAfter GATEWAY_RECLAIM_AFTER
     */
    MemoryGateway(
            ManualTimeline timeline,
            AddressPool pool,
            UnknownClients mode,
            Duration tick,
            Optional<Duration> reclaimAfter,
            Segment segment) {
        this.reclaimAfter = reclaimAfter;
        this.timeline = timeline;
        this.pool = pool;
        this.mode = mode;
        this.segment = segment;
        open();
        every(tick, () -> {
            apiLinks.tick();
            resolver.tick();
        });
        every(REVIEW, () -> {
            watch.beat();
            review.run();
        });
        every(SIGHTING, () -> sightings.run());
    }

    private void open() {
        ApiLinkListener nobody = new ApiLinkListener() {};
        inquiries = inquiries(nobody);
        watch = new WatchTime(timeline.clock());
        ipam = Ipam.open(
                new IpamSettings(
                        pool,
                        Duration.ofMinutes(10),
                        segment::isLeasedByOther,
                        segment::leasedBy,
                        reclaimAfter.map(after -> new Reclaiming(after, held -> !evidence.isInUse(held))),
                        Duration.ofDays(365)),
                store,
                timeline.clock(),
                writer,
                inquiries);
        provisioner = new Provisioner(
                ipam,
                new GuardEnforcement(
                        () -> CompletableFuture.completedFuture(null), EnumSet.noneOf(Allocation.Kind.class)),
                new Effective());
        SyncRules rules = SyncRules.of(GRACE);
        LeaseEvidence leasing = new LeaseEvidence(ipam::snapshot, segment::leaseFile, timeline.clock());
        MemoryArp arp = new MemoryArp(segment, timeline);
        evidence = WatchedEvidence.withArp(leasing, new ArpEvidence(ipam::snapshot, arp::known), watch, rules);
        syncs = new SyncPipeline(ipam, provisioner, rules, evidence);
        sightings =
                new LastSeenRecorder(ipam, leasing.or(new ArpEvidence(ipam::snapshot, arp::latest)), timeline.clock());
        review = new AbsenceReview(ipam::snapshot, provisioner, inquiries, rules, evidence, timeline.clock());
        apiLinks = new ApiLinkRegistry(
                loop,
                timeline.clock(),
                timeline.clock(),
                new NoCalls(),
                GatewayRegistration::getDefaultInstance,
                inquiries,
                nobody,
                () -> resolver.apiRegistered());
        resolver = new MacResolver(
                mode,
                Segment.LEASE_TIME,
                apiLinks,
                ipam::snapshot,
                segment::leaseFile,
                mac -> false,
                new Healing(),
                nobody,
                timeline.clock());
        segment.serve(this::reserved, resolver::unknownClient, this::dynamicRange);
        segment.onLent(resolver::leasesChanged);
    }

    /** The end of the pool, because VPSs are given its beginning first. */
    private Stream<Ipv4Address> dynamicRange() {
        Ipv4Range all = pool.range();
        return mode == UnknownClients.SERVE
                ? all.stream()
                        .skip(all.size() - all.size() / 4)
                        .filter(address -> ipam.snapshot().at(address).isEmpty())
                : Stream.empty();
    }

    private MacInquiries inquiries(ApiLinkListener listener) {
        return new MacInquiries(
                loop,
                timeline.clock(),
                new FirstLeases(this::snapshot, segment::leaseFile, timeline.clock()),
                macs -> CompletableFuture.completedFuture(
                        macs.stream().collect(Collectors.toMap(Function.identity(), segment::portOf))),
                listener);
    }

    private Optional<Ipv4Address> reserved(MacAddress mac) {
        IpamSnapshot now = ipam.snapshot();
        return now.ofMac(mac).map(Allocation::address).or(() -> now.unclaimedOf(mac)
                .map(UnclaimedLease::address));
    }

    /** What is begun on the way is decided before time goes on. */
    private void every(Duration period, Runnable task) {
        timeline.after(period, () -> {
            if (!away) {
                task.run();
                settle();
            }
            every(period, task);
        });
    }

    private void settle() {
        if (writer.settle()) {
            onChange.run();
        }
    }

    void onChange(Runnable told) {
        onChange = told;
    }

    /** @param told of each answer of the API, null where it failed, when the gateway has dealt with it */
    void onAnswer(BiConsumer<MacAddress, Optional<Owner>> told) {
        onAnswer = told;
    }

    /** The addresses that its questions came with, one for each question and link. */
    List<Optional<Ipv4Address>> asked() {
        return asked;
    }

    IpamSnapshot snapshot() {
        return ipam.snapshot();
    }

    /** SIGTERM and a start. */
    void restart() {
        apiLinks.stop();
        reopen();
    }

    /** SIGTERM, and nobody is there until it comes back. */
    void stop() {
        if (!away) {
            away = true;
            apiLinks.stop();
            List.copyOf(links).forEach(MemoryLink::breakOff);
            ipam.close();
            links.clear();
            segment.serveNobody();
        }
    }

    void comeBack() {
        if (away) {
            away = false;
            open();
            onChange.run();
        }
    }

    /** SIGKILL and a start: only what was committed is there again. */
    void kill() {
        List.copyOf(links).forEach(MemoryLink::breakOff);
        reopen();
    }

    private void reopen() {
        if (away) {
            return;
        }
        ipam.close();
        links.clear();
        open();
        onChange.run();
    }

    /** From now on nothing is committed any more, until the next {@link #kill}. */
    void loseCommits(boolean lost) {
        store.fail(lost);
    }

    /** This gateway as it is reached from a host. */
    GatewayPort from(String host) {
        return new FromHost(host);
    }

    private CompletionStage<GatewayLink> register(
            String host, String instance, String node, Questions questions, Runnable onEnd) {
        if (away) {
            return refused();
        }
        MemoryLink[] link = new MemoryLink[1];
        link[0] = new MemoryLink(
                instance,
                node,
                host,
                (address, mac) -> {
                    asked.add(address);
                    return questions.findVpsByLease(address, mac).whenComplete((owner, failure) -> {
                        // An answer over a link that has ended is heard by nobody, and what comes of one in the last
                        // moments of a process that is killed is lost with it.
                        if (links.contains(link[0]) && !store.isFailing()) {
                            timeline.after(Duration.ZERO, () -> onAnswer.accept(mac, owner));
                        }
                    });
                },
                () -> {
                    links.remove(link[0]);
                    onEnd.run();
                },
                this,
                list -> sync(new ListSource(instance, node), list));
        links.add(link[0]);
        return link[0].begin(apiLinks.open(link[0]));
    }

    private CompletionStage<List<LeaseEntry>> sync(ListSource source, List<LeaseEntry> entries) {
        AllocationList list =
                new AllocationList(entries.stream().map(MemoryGateway::desired).toList(), Set.of());
        return answered(
                syncs.submit(API, source, list, Cancellation.NONE),
                (SyncReport done) ->
                        done.discovered().stream().map(MemoryGateway::entry).toList());
    }

    private <T, A> CompletionStage<A> answered(CompletionStage<ProvisionResult<T>> decided, Function<T, A> answer) {
        Outcome<T> outcome = settled(decided).outcome();
        return outcome instanceof Outcome.Done<T> done
                ? CompletableFuture.completedFuture(answer.apply(done.value()))
                : CompletableFuture.failedFuture(new IllegalStateException(
                        ((Outcome.Refused<T>) outcome).refusal().message()));
    }

    private static <T> CompletionStage<T> refused() {
        return CompletableFuture.failedFuture(new IllegalStateException("connection refused"));
    }

    private <T> T settled(CompletionStage<T> decided) {
        settle();
        return decided.toCompletableFuture().join();
    }

    @Override
    public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
        inquiries.mentioned(List.of(mac));
        return answered(
                provisioner.submit(
                        API,
                        new AllocateCommand(
                                VpsId.parse(vps),
                                OrganizationId.parse(organization),
                                Optional.of(mac),
                                Optional.empty()),
                        Cancellation.NONE),
                Allocation::address);
    }

    @Override
    public CompletionStage<Void> release(String vps) {
        return answered(
                provisioner.submit(API, new ReleaseCommand(VpsId.parse(vps), Optional.empty()), Cancellation.NONE),
                done -> null);
    }

    @Override
    public CompletionStage<List<LeaseEntry>> listIps() {
        return CompletableFuture.completedFuture(ipam.snapshot().all().stream()
                .sorted(UnfilteredOrder.get())
                .map(MemoryGateway::entry)
                .toList());
    }

    @Override
    public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
        inquiries.mentioned(lease.mac().stream().toList());
        return answered(
                provisioner.assignPublic(
                        API,
                        new AssignPublicCommand(
                                VpsId.parse(lease.vps()),
                                OrganizationId.parse(lease.organization()),
                                lease.mac().orElseThrow(),
                                lease.address()),
                        Cancellation.NONE),
                done -> null);
    }

    @Override
    public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
        return answered(
                provisioner.releasePublic(
                        API,
                        new ReleasePublicCommand(lease.address(), Optional.of(VpsId.parse(lease.vps())), lease.mac()),
                        Cancellation.NONE),
                done -> null);
    }

    private static DesiredAllocation desired(LeaseEntry entry) {
        return new DesiredAllocation(
                VpsId.parse(entry.vps()),
                OrganizationId.parse(entry.organization()),
                entry.address(),
                entry.mac(),
                entry.isPublic() ? Allocation.Kind.PUBLIC : Allocation.Kind.PRIVATE);
    }

    private static LeaseEntry entry(Allocation allocation) {
        return new LeaseEntry(
                allocation.vps().toString(),
                allocation.organization().text(),
                allocation.address(),
                allocation.mac(),
                !allocation.isPrivate());
    }

    @Override
    public void close() {
        if (!away) {
            ipam.close();
        }
    }

    /** Calls do not say where they come from. */
    private final class FromHost implements GatewayPort {
        private final String host;

        FromHost(String host) {
            this.host = host;
        }

        @Override
        public CompletionStage<GatewayLink> register(
                String instance, String node, Questions questions, Runnable onEnd) {
            return MemoryGateway.this.register(host, instance, node, questions, onEnd);
        }

        @Override
        public CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac) {
            return away ? refused() : MemoryGateway.this.allocate(vps, organization, mac);
        }

        @Override
        public CompletionStage<Void> release(String vps) {
            return away ? refused() : MemoryGateway.this.release(vps);
        }

        @Override
        public CompletionStage<List<LeaseEntry>> listIps() {
            return away ? refused() : MemoryGateway.this.listIps();
        }

        @Override
        public CompletionStage<Void> addStaticLease(LeaseEntry lease) {
            return away ? refused() : MemoryGateway.this.addStaticLease(lease);
        }

        @Override
        public CompletionStage<Void> removeStaticLease(LeaseEntry lease) {
            return away ? refused() : MemoryGateway.this.removeStaticLease(lease);
        }
    }

    private final class Healing implements MacBinder {
        @Override
        public CompletionStage<Outcome<Allocation>> rebind(RebindCommand command) {
            return CompletableFuture.completedFuture(settled(provisioner.submit(REBINDING, command, Cancellation.NONE))
                    .outcome());
        }

        @Override
        public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
            return CompletableFuture.completedFuture(
                    settled(provisioner.submit(REBINDING, new AdoptCommand(command), Cancellation.NONE))
                            .outcome());
        }
    }

    /** Calls and lists do not come by messages here. */
    private static final class NoCalls implements UnaryCalls {
        @Override
        public Running start(String method, ByteString request, Caller caller) {
            throw new AssertionError(method);
        }

        @Override
        public Running sync(ListSource source, SyncAllocationsRequest list, Caller caller) {
            throw new AssertionError(source);
        }
    }

    /** Whoever loses a lease hears of it when it renews. */
    private static final class Effective implements DnsDhcpBackend {
        @Override
        public CompletionStage<Void> publish() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletionStage<ReleaseResult> releaseLeases(Set<Ipv4Address> addresses) {
            return CompletableFuture.completedFuture(new ReleaseResult.Confirmed());
        }

        @Override
        public void reconcileSoon() {
            throw new AssertionError("everything is in effect at once");
        }
    }

    /** Tasks in the order in which they come, on the thread that hands them in. */
    private static final class OneByOne implements Executor {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
            running = false;
        }
    }
}
