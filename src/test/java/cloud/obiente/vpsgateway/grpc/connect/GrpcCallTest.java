package cloud.obiente.vpsgateway.grpc.connect;

import static cloud.obiente.vpsgateway.grpc.connect.EchoService.padded;
import static cloud.obiente.vpsgateway.grpc.connect.EchoService.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.grpc.connect.echo.EchoServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import com.google.common.collect.ImmutableList;
import com.google.rpc.ErrorInfo;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Deadline;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A real gRPC client against the adapter. */
class GrpcCallTest {
    private final EchoService echo = new EchoService();
    private final Recorder recorder = new Recorder();
    private final RpcTestServer server = new RpcTestServer(ServerInterceptors.intercept(echo, recorder));
    private final RpcTestServer.Channel channel = server.channel();
    private final EchoServiceGrpc.EchoServiceBlockingStub stub = EchoServiceGrpc.newBlockingStub(channel.grpc());
    private final EchoServiceGrpc.EchoServiceStub async = EchoServiceGrpc.newStub(channel.grpc());

    @AfterEach
    void close() {
        channel.close();
        server.close();
    }

    @Test
    void unaryCallIsAnswered() {
        assertThat(stub.say(words("hello")).getText()).isEqualTo("hello");
    }

    @Test
    void emptyMessageIsAMessage() {
        assertThat(stub.say(Words.getDefaultInstance())).isEqualTo(Words.getDefaultInstance());
    }

    @Test
    void serverStreamIsReceivedInFull() {
        Iterator<Words> answers =
                stub.repeat(Words.newBuilder().setText("again").setTimes(1000).build());
        assertThat(ImmutableList.copyOf(answers)).hasSize(1000);
    }

    @Test
    void clientStreamIsCollected() throws InterruptedException {
        Answers answers = new Answers();
        StreamObserver<Words> requests = async.collect(answers);
        List.of("a", "b", "c").forEach(text -> requests.onNext(words(text)));
        requests.onCompleted();
        assertThat(answers.next().getText()).isEqualTo("a b c");
        assertThat(answers.end()).isEqualTo(Status.Code.OK);
    }

    @Test
    void bidirectionalStreamAlternatesAndHalfCloses() throws InterruptedException {
        Answers answers = new Answers();
        StreamObserver<Words> requests = async.chat(answers);
        for (int i = 0; i < 100; i++) {
            requests.onNext(words("m" + i));
            assertThat(answers.next().getText()).isEqualTo("m" + i);
        }
        requests.onCompleted();
        assertThat(answers.end()).isEqualTo(Status.Code.OK);
        assertThat(echo.cancelled).hasValue(0);
    }

    @Test
    void largeMessagesPassInBothDirections() {
        Words large = padded(3 << 20);
        assertThat(stub.say(large)).isEqualTo(large);
    }

    @Test
    void errorCarriesCodeMessageAndDetails() throws Exception {
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> stub.say(words(EchoService.FAIL)));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(failure.getStatus().getDescription()).isEqualTo("100 % wrong: \u00fcber");
        ErrorInfo info = StatusProto.fromThrowable(failure).getDetails(0).unpack(ErrorInfo.class);
        assertThat(info.getReason()).isEqualTo("ECHO_TIRED");
    }

    @Test
    void errorAfterMessagesComesBehindThem() {
        Iterator<Words> answers = stub.repeat(
                Words.newBuilder().setText(EchoService.FAIL).setTimes(2).build());
        assertThat(answers.next().getTimes()).isEqualTo(2);
        answers.next();
        assertThat(codeOf(answers::next)).isEqualTo(Status.Code.FAILED_PRECONDITION);
    }

    @Test
    void handlerExceptionIsUnknownAndTellsNothing() {
        StatusRuntimeException failure =
                catchThrowableOfType(StatusRuntimeException.class, () -> stub.say(words(EchoService.THROW)));
        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        assertThat(failure.getStatus().getDescription()).isEqualTo("Application error processing RPC");
    }

    @Test
    void unknownMethodAndServiceAreUnimplemented() {
        assertThat(codeOf(() -> callUnknown("vpsgateway.test.echo.v1.EchoService/Nothing")))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
        assertThat(codeOf(() -> callUnknown("no.such.Service/Nothing"))).isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @Test
    void deadlineEndsCallAndHandler() {
        // On a busy machine a deadline can pass before the handler has the call: not the case that is meant here.
        await().pollInterval(Duration.ofMillis(10)).until(() -> {
            StatusRuntimeException failure = catchThrowableOfType(
                    StatusRuntimeException.class,
                    () -> stub.withDeadlineAfter(200, TimeUnit.MILLISECONDS).say(words(EchoService.HANG)));
            assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            return echo.started.get() > 0;
        });
        await().untilAsserted(() -> assertThat(echo.cancelled.get()).isEqualTo(echo.started.get()));
        await().untilAsserted(() -> assertThat(echo.contextsCancelled.get()).isEqualTo(echo.started.get()));
        assertThat(recorder.deadline.get()).isNotNull();
    }

    @Test
    void cancelledCallReachesHandlerOnce() throws InterruptedException {
        ClientCall<Words, Words> call = channel.grpc().newCall(EchoServiceGrpc.getChatMethod(), CallOptions.DEFAULT);
        ClientCalls.asyncBidiStreamingCall(call, new Answers());
        await().untilAtomic(echo.started, value -> assertThat(value).isEqualTo(1));
        call.cancel("enough", null);
        await().untilAtomic(echo.cancelled, value -> assertThat(value).isEqualTo(1));
        await().untilAtomic(echo.contextsCancelled, value -> assertThat(value).isEqualTo(1));
        assertThat(stub.say(words("still there")).getText()).isEqualTo("still there");
        assertThat(echo.cancelled).hasValue(1);
    }

    @Test
    void callerThatResetsAsWeEndDoesNotHarmOtherCalls() throws InterruptedException {
        Answers others = new Answers();
        StreamObserver<Words> other = async.chat(others);
        for (int i = 0; i < 500; i++) {
            ClientCall<Words, Words> call =
                    channel.grpc().newCall(EchoServiceGrpc.getChatMethod(), CallOptions.DEFAULT);
            call.start(new ClientCall.Listener<>() {}, new Metadata());
            call.sendMessage(words("going"));
            call.halfClose();
            call.cancel("gone", null);
            other.onNext(words("m" + i));
            assertThat(others.next().getText()).isEqualTo("m" + i);
        }
        other.onCompleted();
        assertThat(others.end()).isEqualTo(Status.Code.OK);
    }

    @Test
    void brokenConnectionReachesHandlersOnce() throws Exception {
        try (BreakableConnection connection = new BreakableConnection(server.port());
                RpcTestServer.Channel broken = RpcTestServer.channel(connection.port())) {
            EchoServiceGrpc.EchoServiceStub distant = EchoServiceGrpc.newStub(broken.grpc());
            for (int i = 0; i < 5; i++) {
                StreamObserver<Words> unused = distant.chat(new Answers());
            }
            distant.repeat(words(EchoService.HANG), new Answers());
            await().untilAtomic(echo.started, value -> assertThat(value).isEqualTo(6));
            connection.breakOff();
            await().untilAtomic(echo.cancelled, value -> assertThat(value).isEqualTo(6));
            await().untilAtomic(
                            echo.contextsCancelled, value -> assertThat(value).isEqualTo(6));
        }
    }

    @Test
    void messageOverTheLimitIsRefused() {
        assertThat(codeOf(() -> stub.say(padded(4 << 20)))).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(codeOf(() -> stub.withCompression("gzip").say(padded(64 << 20))))
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(stub.say(words("unharmed")).getText()).isEqualTo("unharmed");
    }

    @Test
    void malformedMessageIsInvalid() {
        assertThat(codeOf(() -> callRaw("vpsgateway.test.echo.v1.EchoService/Say", new byte[] {10, 5, 1})))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void compressedRequestsAndResponsesAreUnderstood() {
        Words large = padded(1 << 20);
        recorder.compression.set("gzip");
        assertThat(stub.withCompression("gzip").say(large)).isEqualTo(large);
    }

    @Test
    void metadataPassesBothWays() {
        Metadata.Key<String> text = Metadata.Key.of("x-text", Metadata.ASCII_STRING_MARSHALLER);
        Metadata.Key<byte[]> bytes = Metadata.Key.of("x-bytes-bin", Metadata.BINARY_BYTE_MARSHALLER);
        Metadata sent = new Metadata();
        sent.put(text, "one");
        sent.put(text, "two, with comma");
        sent.put(bytes, new byte[] {0, -1, 7});
        sent.put(bytes, new byte[0]);
        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        recorder.reflect = true;

        Words ignored = stub.withInterceptors(
                        MetadataUtils.newAttachHeadersInterceptor(sent),
                        MetadataUtils.newCaptureMetadataInterceptor(headers, trailers))
                .say(words("hello"));

        for (Metadata received : List.of(recorder.headers.get(), headers.get(), trailers.get())) {
            assertThat(received.getAll(text)).containsExactly("one", "two, with comma");
            assertThat(received.getAll(bytes)).containsExactly(new byte[] {0, -1, 7}, new byte[0]);
        }
    }

    @Test
    void addressesAndAuthorityAreKnown() {
        Words ignored = stub.say(words("hello"));
        assertThat(recorder.call.get().getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR))
                .asString()
                .contains("127.0.0.1");
        assertThat(recorder.call.get().getAttributes().get(Grpc.TRANSPORT_ATTR_LOCAL_ADDR))
                .asString()
                .endsWith(":" + server.port());
        assertThat(recorder.call.get().getAuthority()).isEqualTo("127.0.0.1:" + server.port());
    }

    private void callUnknown(String fullMethodName) {
        callRaw(fullMethodName, new byte[0]);
    }

    private void callRaw(String fullMethodName, byte[] message) {
        MethodDescriptor<byte[], Words> method = EchoServiceGrpc.getSayMethod().toBuilder(
                        new RawMarshaller(), EchoServiceGrpc.getSayMethod().getResponseMarshaller())
                .setFullMethodName(fullMethodName)
                .build();
        ClientCalls.blockingUnaryCall(channel.grpc(), method, CallOptions.DEFAULT, message);
    }

    private static Status.Code codeOf(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        return EchoService.codeOf(catchThrowableOfType(StatusRuntimeException.class, call));
    }

    /** Remembers what an interceptor sees, and reflects metadata when asked to. */
    private static final class Recorder implements ServerInterceptor {
        final AtomicReference<Metadata> headers = new AtomicReference<>();
        final AtomicReference<ServerCall<?, ?>> call = new AtomicReference<>();
        final AtomicReference<Deadline> deadline = new AtomicReference<>();
        final AtomicReference<String> compression = new AtomicReference<>("identity");
        volatile boolean reflect;

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> intercepted, Metadata metadata, ServerCallHandler<Q, A> next) {
            headers.set(metadata);
            call.set(intercepted);
            deadline.set(io.grpc.Context.current().getDeadline());
            intercepted.setCompression(compression.get());
            return next.startCall(reflect ? new Mirror<>(intercepted, metadata) : intercepted, metadata);
        }
    }

    /** Sends the caller's metadata back, as headers and as trailers. */
    private static final class Mirror<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private final Metadata metadata;

        Mirror(ServerCall<Q, A> call, Metadata metadata) {
            super(call);
            this.metadata = metadata;
        }

        @Override
        public void sendHeaders(Metadata headers) {
            headers.merge(metadata);
            super.sendHeaders(headers);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            trailers.merge(metadata);
            super.close(status, trailers);
        }
    }

    private static final class RawMarshaller implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public java.io.InputStream stream(byte[] value) {
            return new java.io.ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(java.io.InputStream stream) {
            throw new UnsupportedOperationException("only ever sent");
        }
    }

    private static final class Answers implements StreamObserver<Words> {
        private final BlockingQueue<Words> messages = new LinkedBlockingQueue<>();
        private final BlockingQueue<Status> ends = new LinkedBlockingQueue<>();

        @Override
        public void onNext(Words words) {
            messages.add(words);
        }

        @Override
        public void onError(Throwable failure) {
            ends.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            ends.add(Status.OK);
        }

        Words next() throws InterruptedException {
            Words next = messages.poll(60, TimeUnit.SECONDS);
            assertThat(next).isNotNull();
            return next;
        }

        Status.Code end() throws InterruptedException {
            Status end = ends.poll(60, TimeUnit.SECONDS);
            assertThat(end).isNotNull();
            return end.getCode();
        }
    }
}
