package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayRegistration;
import cloud.obiente.vpsgateway.v1.GatewayRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.ByteString;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** The links of the APIs, on a thread and at a time that stand still until a test moves them, over wires that remember. */
final class LinkFixture implements ApiLinkListener {
    final ManualTime time = new ManualTime();
    final ManualTime steady = new ManualTime();
    final RecordedCalls calls = new RecordedCalls();
    final List<Object> heard = new ArrayList<>();
    /** How many NICs that nobody knows are to be expected. */
    int expectedNics;

    final Map<MacAddress, BridgePort> ports = new HashMap<>();
    private final CallingThread loop = new CallingThread();
    final MacInquiries inquiries = new MacInquiries(loop, steady, () -> expectedNics, this::portsOf, this);
    private Optional<MacResolver> resolver = Optional.empty();

    final ApiLinkRegistry links = new ApiLinkRegistry(
            loop,
            time,
            steady,
            calls,
            () -> GatewayRegistration.newBuilder().setVersion("test").build(),
            inquiries,
            this,
            () -> resolver.ifPresent(MacResolver::apiRegistered));

    /** From now on this one is told of instances. */
    MacResolver withResolver(MacResolver told) {
        resolver = Optional.of(told);
        return told;
    }

    private CompletionStage<Map<MacAddress, BridgePort>> portsOf(Set<MacAddress> macs) {
        return CompletableFuture.completedFuture(
                macs.stream().filter(ports::containsKey).collect(Collectors.toMap(mac -> mac, ports::get)));
    }

    /** A stream that has not said anything. */
    Peer connect(String address) {
        Peer peer = new Peer(address);
        peer.events = links.open(peer);
        return peer;
    }

    /** A registered instance. */
    Peer register(String instance, String node) {
        return register("10.0.0.1", instance, node);
    }

    Peer register(String address, String instance, String node) {
        Peer peer = connect(address);
        peer.register(instance, node);
        return peer;
    }

    /** Lets time pass, second by second. */
    void pass(Duration span) {
        for (long second = 0; second < span.toSeconds(); second++) {
            time.now = time.now.plusSeconds(1);
            steady.now = steady.now.plusSeconds(1);
            links.tick();
        }
    }

    @Override
    public void linkEnded(LinkCloseReason.Cause cause) {
        heard.add(cause);
    }

    @Override
    public void nodeNameDisputed() {
        heard.add("disputed");
    }

    @Override
    public void identityContested() {
        heard.add("contested");
    }

    @Override
    public void requestEnded(RequestOutcome outcome) {
        heard.add(outcome);
    }

    @Override
    public void questionEnded(QuestionOutcome outcome) {
        heard.add(outcome);
    }

    @Override
    public void macResolved(RebindOutcome outcome) {
        heard.add(outcome);
    }

    /** Stands still until it is moved. */
    static final class ManualTime extends Clock {
        Instant now = Instant.parse("2026-03-01T12:00:00Z");

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            throw new UnsupportedOperationException("instants have no zone");
        }
    }

    /** One after the other, on the thread that hands them in. */
    private static final class CallingThread implements java.util.concurrent.Executor {
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

    /** The other end of a stream. */
    static final class Peer implements LinkTransport {
        final List<GatewayMessage> received = new ArrayList<>();
        final String address;
        LinkEvents events;
        Optional<LinkCloseReason> end = Optional.empty();
        boolean reading = true;
        long pings;
        /** Whether it answers when it is asked for a sign of life. */
        boolean alive = true;

        int probes;
        int asked;

        Peer(String address) {
            this.address = address;
        }

        void register(String instance, String node) {
            say(GatewayMessage.newBuilder()
                    .setType("register")
                    .setRegistration(GatewayRegistration.newBuilder()
                            .setGatewayId(node)
                            .setGatewayIpDhcp(instance)
                            .setVersion("1"))
                    .build());
        }

        void say(GatewayMessage message) {
            events.received(message);
        }

        void say(String type) {
            say(GatewayMessage.newBuilder().setType(type).build());
        }

        void ask(String id, String method, ByteString payload) {
            say(GatewayMessage.newBuilder()
                    .setType("request")
                    .setRequest(GatewayRequest.newBuilder()
                            .setRequestId(id)
                            .setMethod(method)
                            .setPayload(payload))
                    .build());
        }

        List<GatewayMessage> received(String type) {
            return received.stream()
                    .filter(message -> message.getType().equals(type))
                    .toList();
        }

        void readOn() {
            reading = true;
            events.writable();
        }

        Optional<LinkCloseReason.Cause> cause() {
            return end.map(LinkCloseReason::cause);
        }

        @Override
        public Caller peer() {
            return Caller.of(address);
        }

        @Override
        public String host() {
            return address;
        }

        @Override
        public boolean probe() {
            probes++;
            pings += alive ? 1 : 0;
            return true;
        }

        @Override
        public boolean isReady() {
            return reading;
        }

        @Override
        public void send(GatewayMessage message) {
            received.add(message);
        }

        @Override
        public void requestOne() {
            asked++;
        }

        @Override
        public long pings() {
            return pings;
        }

        @Override
        public void end(LinkCloseReason given) {
            end = Optional.of(given);
        }
    }

    /** Calls that end when a test says so. */
    static final class RecordedCalls implements UnaryCalls {
        final List<Call> started = new ArrayList<>();

        @Override
        public Running start(String method, ByteString request, Caller caller) {
            Call call = new Call(method, request, new CompletableFuture<>());
            started.add(call);
            return call;
        }

        @Override
        public Running sync(ListSource source, SyncAllocationsRequest list, Caller caller) {
            Call call = new Call("sync of " + source, list.toByteString(), new CompletableFuture<>());
            started.add(call);
            return call;
        }

        static final class Call implements Running {
            final String method;
            final ByteString request;
            final CompletableFuture<Reply> reply;
            boolean cancelled;

            Call(String method, ByteString request, CompletableFuture<Reply> reply) {
                this.method = method;
                this.request = request;
                this.reply = reply;
            }

            void answer(ByteString response) {
                reply.complete(new Reply.Succeeded(response));
            }

            @Override
            public CompletionStage<Reply> reply() {
                return reply;
            }

            @Override
            public void cancel() {
                cancelled = true;
            }
        }
    }
}
