package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.apilink.LinkCloseReason.Cause;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import java.time.Clock;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * The links of all API instances: who is connected, who takes whose place, what this node is called.
 *
 * <p>Owns the links; all of it lives on one thread, {@code api-links}. Other threads hand in
 * events and read {@link #status()}.
 */
public final class ApiLinkRegistry implements ApiLink.LinkOwner {
    /** Registered links, and as many that have not registered yet. */
    static final int MAX_LINKS = 64;

    private static final Logger LOG = Logger.getLogger(ApiLinkRegistry.class);

    private final Executor loop;
    private final Clock clock;
    private final Clock steady;
    private final UnaryCalls calls;
    private final Supplier<GatewayRegistration> self;
    private final ApiLinkListener listener;
    private final MacInquiries inquiries;
    private final LinkTakeovers takeovers = new LinkTakeovers();
    private final Set<ApiLink> links = new LinkedHashSet<>();
    private final Runnable onRegistered;
    private Optional<String> node = Optional.empty();
    private Optional<ApiLinkStatus.Failure> lastError = Optional.empty();
    private volatile ApiLinkStatus status = ApiLinkStatus.NONE;
    private boolean stopping;

    /**
     * @param loop runs tasks one after the other, in their order, on {@code api-links}; stays the caller's
     * @param clock tells when something was
     * @param steady tells how long something has lasted: it goes on evenly when the other one is set
     * @param self what this gateway says of itself when an instance registers
     * @param inquiries asks over these links; on the same {@code loop}
     * @param onRegistered called on {@code api-links} whenever an instance has registered
     */
    public ApiLinkRegistry(
            Executor loop,
            Clock clock,
            Clock steady,
            UnaryCalls calls,
            Supplier<GatewayRegistration> self,
            MacInquiries inquiries,
            ApiLinkListener listener,
            Runnable onRegistered) {
        this.loop = task -> loop.execute(() -> runSafely(task));
        this.clock = clock;
        this.steady = steady;
        this.calls = calls;
        this.self = self;
        this.listener = listener;
        this.onRegistered = onRegistered;
        this.inquiries = inquiries;
        inquiries.askOver(this::registered);
    }

    /** One failure must not take the thread, and the links on it, away. */
    private static void runSafely(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException fault) {
            LOG.error("an event of a link failed", fault);
        }
    }

    /** A stream has come. Any thread. */
    public LinkEvents open(LinkTransport transport) {
        ApiLink link =
                new ApiLink(transport, this, new LinkRequests(calls, transport.peer(), loop, listener), clock, steady);
        loop.execute(() -> admit(link));
        return new Events(link);
    }

    private void admit(ApiLink link) {
        links.add(link);
        LOG.debugf("stream from %s opened, not registered yet", link.name());
        if (stopping) {
            link.end(Cause.STOPPING, "the gateway is stopping");
        } else if (links.size() - registered().size() > MAX_LINKS) {
            link.end(Cause.TOO_MANY, MAX_LINKS + " streams have not registered yet");
        } else {
            link.start();
        }
    }

    /** To be called about every second, on any thread. */
    public void tick() {
        loop.execute(() -> {
            List.copyOf(links).forEach(ApiLink::tick);
            inquiries.tick();
            publishStatus();
        });
    }

    /** How things are. Any thread; at most a second old. */
    public ApiLinkStatus status() {
        return status;
    }

    /** Ends each link politely when what it asked for has been answered, and every one that still comes. Any thread. */
    public void drain() {
        loop.execute(() -> {
            stopping = true;
            List.copyOf(links).forEach(ApiLink::drain);
        });
    }

    /** Ends all links politely now, and every one that still comes. Any thread. */
    public void stop() {
        loop.execute(() -> {
            stopping = true;
            List.copyOf(links).forEach(link -> link.end(Cause.STOPPING, "the gateway is stopping"));
        });
    }

    Clock steady() {
        return steady;
    }

    Executor loop() {
        return loop;
    }

    MacInquiries inquiries() {
        return inquiries;
    }

    @Override
    public Optional<GatewayRegistration> register(ApiLink link, LinkRegistration registration) {
        List<ApiLink> others =
                registered().stream().filter(other -> !other.equals(link)).toList();
        others.stream()
                .filter(other -> registration.isSameIdentity(other.registration()))
                .forEach(other -> resolveConflict(link, registration, other));
        if (registered().size() >= MAX_LINKS && !link.isRegistered()) {
            link.end(Cause.TOO_MANY, MAX_LINKS + " links are registered already");
            return Optional.empty();
        }
        settleNodeName(link, registration);
        LOG.infof(
                "API instance '%s' (version '%s') is connected from %s; it calls this node '%s'",
                registration.instance(), registration.version(), link.name(), registration.node());
        // After the answer, which is what the instance waits for.
        loop.execute(() -> {
            publishStatus();
            inquiries.linkRegistered();
            onRegistered.run();
        });
        return Optional.of(
                self.get().toBuilder().setGatewayId(registration.node()).build());
    }

    /** What becomes of a link whose identity comes a second time. */
    private void resolveConflict(ApiLink newer, LinkRegistration identity, ApiLink older) {
        if (newer.host().isEmpty() || !newer.host().equals(older.host())) {
            LOG.warnf(
                    "API instance '%s' (node '%s') is connected from %s and from %s; both stay as long as both live."
                            + " Give each instance a name of its own",
                    identity.instance(), identity.node(), older.host(), newer.host());
            older.endUnlessAlive();
            return;
        }
        older.end(Cause.REPLACED, "a newer stream of this instance took its place");
        if (takeovers.note(identity, newer.host(), steady.instant())) {
            LOG.warnf("%s; give each a name, or a host, of its own", LinkTakeovers.describe(identity, newer.host()));
            listener.identityContested();
        }
    }

    private void settleNodeName(ApiLink link, LinkRegistration registration) {
        registered().stream()
                .filter(other -> !other.equals(link))
                .filter(other -> !other.registration().node().equals(registration.node()))
                .findFirst()
                .ifPresent(other -> {
                    LOG.warnf(
                            "API instances disagree: '%s' calls this node '%s', '%s' called it '%s'; the newer word counts."
                                    + " Correct the endpoints of one of them",
                            registration.instance(),
                            registration.node(),
                            other.name(),
                            other.registration().node());
                    listener.nodeNameDisputed();
                });
        node = Optional.of(registration.node());
    }

    @Override
    public void answered(ApiLink link, GatewayResponse response) {
        inquiries.answered(link, response);
    }

    @Override
    public void ended(ApiLink link, LinkCloseReason end) {
        links.remove(link);
        inquiries.linkLost(link);
        listener.linkEnded(end.cause());
        if (end.cause().isOrderly()) {
            LOG.infof("link of %s ended: %s", link.name(), end.text());
        } else {
            LOG.warnf("link of %s ended: %s", link.name(), end.text());
            lastError = Optional.of(new ApiLinkStatus.Failure(clock.instant(), end));
        }
        publishStatus();
    }

    private List<ApiLink> registered() {
        return links.stream().filter(ApiLink::isRegistered).toList();
    }

    private void publishStatus() {
        List<ApiLinkStatus.Member> members = registered().stream()
                .map(link -> new ApiLinkStatus.Member(
                        link.name(), link.host(), link.registration().version(), link.registeredAt()))
                .sorted(Comparator.comparing(ApiLinkStatus.Member::since))
                .toList();
        int running = links.stream().mapToInt(ApiLink::requestsRunning).sum();
        status = new ApiLinkStatus(
                members,
                node,
                lastError,
                running,
                inquiries.inProgress(),
                inquiries.waiting(),
                takeovers.contested(steady.instant()));
    }

    /** From any thread to the loop. */
    private final class Events implements LinkEvents {
        private final ApiLink link;

        Events(ApiLink link) {
            this.link = link;
        }

        @Override
        public void received(GatewayMessage message) {
            loop.execute(() -> link.received(message));
        }

        @Override
        public void writable() {
            loop.execute(link::writable);
        }

        @Override
        public void left() {
            loop.execute(() -> link.end(Cause.LEFT, "the instance closed it"));
        }

        @Override
        public void lost(String why) {
            loop.execute(() -> link.end(Cause.LOST, why));
        }
    }
}
