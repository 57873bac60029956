package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.apilink.LinkCloseReason.Cause;
import cloud.obiente.vpsgateway.apilink.UnaryCalls.Reply;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * One stream of one API instance: awaiting its registration, then registered, then ended. Thread {@code api-links}.
 *
 * <p>One message is asked for at a time, and none while what was asked for and what waits to be sent is large: so what a
 * link can make us hold is bounded, whatever its instance does.
 */
final class ApiLink {
    static final Duration REGISTRATION = Duration.ofSeconds(10);
    static final Duration HEARTBEAT = Duration.ofSeconds(30);
    static final Duration SILENCE = Duration.ofSeconds(90);
    /** A peer that lives answers a probe within a round trip; this allows for one that is very busy. */
    static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private static final long COMFORTABLE_BYTES = 8L << 20;
    private static final Reply STOPPING =
            new Reply.Failed("UNAVAILABLE: the gateway is stopping; nothing was done, retry when it is back");
    private static final Logger LOG = Logger.getLogger(ApiLink.class);

    private enum Phase {
        AWAITING_REGISTRATION,
        REGISTERED,
        ENDED
    }

    /** What owns the link. Called on the loop. */
    interface LinkOwner {
        /** Whether the link may be among the registered, and what to say about this gateway; empty: it has been ended. */
        Optional<GatewayRegistration> register(ApiLink link, LinkRegistration registration);

        void answered(ApiLink link, GatewayResponse response);

        void ended(ApiLink link, LinkCloseReason end);
    }

    private final LinkTransport transport;
    private final LinkOwner host;
    private final LinkRequests requests;
    private final LinkOutbox outbox;
    private final Clock clock;
    private final Clock steady;
    private final Instant opened;
    private Phase phase = Phase.AWAITING_REGISTRATION;
    private LinkRegistration registration;
    private Instant registeredAt;
    private Instant lastHeard;
    private Instant lastHeartbeat;
    private Optional<Instant> probedAt = Optional.empty();
    private long pingsHeard;
    private boolean owesRequest;
    private boolean draining;

    /** @param steady measures how long something lasts; nobody sets it, as the other one may be */
    ApiLink(LinkTransport transport, LinkOwner host, LinkRequests requests, Clock clock, Clock steady) {
        this.transport = transport;
        this.host = host;
        this.requests = requests;
        this.outbox = new LinkOutbox(transport);
        this.clock = clock;
        this.steady = steady;
        this.opened = steady.instant();
        this.lastHeard = opened;
    }

    void start() {
        transport.requestOne();
    }

    boolean isRegistered() {
        return phase == Phase.REGISTERED;
    }

    /** What it said last; null before it is registered. */
    LinkRegistration registration() {
        return registration;
    }

    Instant registeredAt() {
        return registeredAt;
    }

    /** For people: the instance's id, or its address. */
    String name() {
        return registration == null || registration.instance().isEmpty()
                ? transport.peer().text()
                : registration.instance();
    }

    /** The instance's host, as its address; may be empty. */
    String host() {
        return transport.host();
    }

    int requestsRunning() {
        return requests.count();
    }

    void received(GatewayMessage message) {
        if (phase == Phase.ENDED) {
            return;
        }
        heard(steady.instant());
        if (phase == Phase.AWAITING_REGISTRATION && !message.getType().equals("register")) {
            end(
                    Cause.MALFORMED,
                    "the first message is '" + LogText.singleLine(message.getType()) + "' (expected: register)");
            return;
        }
        handle(message);
        owesRequest = true;
        requestNextIfIdle();
    }

    private void handle(GatewayMessage message) {
        switch (message.getType()) {
            case "register" -> register(message);
            case "request" -> request(message);
            case "response" -> response(message);
            case "sync_allocations" -> sync(message);
            case "heartbeat", "metrics" -> LOG.tracef("%s from %s", message.getType(), name());
            case "" -> end(Cause.MALFORMED, "a message without a type");
            // A newer API may say more than we understand; that it spoke is all we take from it.
            default -> LOG.debugf("'%s' from %s is not known here", LogText.singleLine(message.getType()), name());
        }
    }

    private void register(GatewayMessage message) {
        Optional<LinkRegistration> read =
                message.hasRegistration() ? LinkRegistration.of(message.getRegistration()) : Optional.empty();
        if (read.isEmpty()) {
            end(Cause.MALFORMED, "register without a registration that can be read");
            return;
        }
        host.register(this, read.get()).ifPresent(self -> {
            registration = read.get();
            if (phase == Phase.AWAITING_REGISTRATION) {
                phase = Phase.REGISTERED;
                registeredAt = clock.instant();
                lastHeartbeat = steady.instant();
            }
            send(LinkMessages.registered(self));
        });
    }

    private void request(GatewayMessage message) {
        GatewayRequest request = message.getRequest();
        if (request.getRequestId().isEmpty()) {
            end(Cause.MALFORMED, "a request without request_id");
            return;
        }
        start(request.getMethod(), request.getPayload(), reply -> LinkMessages.response(request.getRequestId(), reply));
    }

    private void sync(GatewayMessage message) {
        if (!message.hasSyncAllocations()) {
            // An empty list would release every address; it has to be meant.
            end(Cause.MALFORMED, "sync_allocations without a list");
            return;
        }
        if (draining) {
            send(LinkMessages.syncResult(syncResult(STOPPING)));
        } else {
            requests.sync(
                    new ListSource(name(), registration.node()),
                    message.getSyncAllocations(),
                    reply -> answered(LinkMessages.syncResult(syncResult(reply))));
        }
    }

    private void start(String method, ByteString request, Function<Reply, GatewayMessage> answer) {
        if (draining) {
            send(answer.apply(STOPPING));
        } else {
            requests.start(method, request, reply -> answered(answer.apply(reply)));
        }
    }

    private static SyncAllocationsResponse syncResult(Reply reply) {
        if (reply instanceof Reply.Synced synced) {
            return synced.result();
        }
        if (reply instanceof Reply.Failed refused) {
            return SyncAllocationsResponse.newBuilder()
                    .setMessage(refused.error())
                    .build();
        }
        throw new IllegalStateException("a list was answered like a call");
    }

    private void response(GatewayMessage message) {
        if (message.getResponse().getRequestId().isEmpty()) {
            end(Cause.MALFORMED, "a response without request_id");
            return;
        }
        host.answered(this, message.getResponse());
    }

    private void answered(GatewayMessage message) {
        send(message);
        requestNextIfIdle();
        endIfDrained();
    }

    /** Ends politely as soon as everything that was asked for has been answered; nothing new is begun. */
    void drain() {
        draining = true;
        endIfDrained();
    }

    private void endIfDrained() {
        if (draining && requests.count() == 0 && outbox.isEmpty()) {
            end(Cause.STOPPING, "the gateway is stopping");
        }
    }

    /** Sends now or later; a link whose instance does not read ends instead. */
    void send(GatewayMessage message) {
        if (phase != Phase.ENDED && !outbox.offer(message)) {
            end(Cause.NOT_READING, "more waits to be read than a link may keep");
        }
    }

    void writable() {
        if (phase != Phase.ENDED) {
            outbox.flush();
            requestNextIfIdle();
            endIfDrained();
        }
    }

    private void requestNextIfIdle() {
        if (owesRequest && phase != Phase.ENDED && requests.bytes() + outbox.waitingBytes() < COMFORTABLE_BYTES) {
            owesRequest = false;
            transport.requestOne();
        }
    }

    /** Called about every second. */
    void tick() {
        Instant now = steady.instant();
        if (transport.pings() != pingsHeard) {
            pingsHeard = transport.pings();
            heard(now);
        }
        if (phase == Phase.AWAITING_REGISTRATION && isPast(opened, REGISTRATION, now)) {
            end(Cause.UNREGISTERED, "no registration within " + REGISTRATION.toSeconds() + " s");
        } else if (phase == Phase.REGISTERED && isPast(lastHeard, SILENCE, now)) {
            end(Cause.SILENT, "nothing heard for " + SILENCE.toSeconds() + " s");
        } else if (probedAt.filter(since -> isPast(since, PROBE_TIMEOUT, now)).isPresent()) {
            end(
                    Cause.REPLACED,
                    "a newer stream of this instance has come, and this one's peer has not answered within "
                            + PROBE_TIMEOUT.toSeconds() + " s");
        } else if (phase == Phase.REGISTERED && isPast(lastHeartbeat, HEARTBEAT, now)) {
            lastHeartbeat = now;
            send(LinkMessages.heartbeat(clock.instant()));
        }
    }

    private void heard(Instant now) {
        lastHeard = now;
        probedAt = Optional.empty();
    }

    /** Ends the link unless its peer shows soon that it lives. */
    void endUnlessAlive() {
        if (probedAt.isEmpty() && transport.probe()) {
            probedAt = Optional.of(steady.instant());
        }
    }

    private static boolean isPast(Instant start, Duration span, Instant now) {
        return !now.isBefore(start.plus(span));
    }

    void end(Cause cause, String text) {
        if (phase == Phase.ENDED) {
            return;
        }
        phase = Phase.ENDED;
        LinkCloseReason end = new LinkCloseReason(cause, text);
        requests.cancel();
        transport.end(end);
        host.ended(this, end);
    }
}
