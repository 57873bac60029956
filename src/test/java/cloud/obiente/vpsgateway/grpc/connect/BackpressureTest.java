package cloud.obiente.vpsgateway.grpc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.grpc.connect.echo.EchoServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A stream whose one end stops must stop the other, with a bounded amount in between. */
class BackpressureTest {
    private static final int MESSAGE_BYTES = 32 << 10;
    private static final Words MESSAGE = EchoService.padded(MESSAGE_BYTES);
    /** Far more than all buffers together: either the sender is stopped or the test fails. */
    private static final long OFFERED_BYTES = 64L << 20;
    /** A generous bound: gRPC's client chooses its own windows. */
    private static final long MAX_HELD_BY_CALLER = 4 << 20;

    private final AtomicReference<ServerCall<Words, Words>> call = new AtomicReference<>();
    private final AtomicLong bytesSent = new AtomicLong();
    private final AtomicLong bytesReceived = new AtomicLong();
    private final AtomicReference<Status> end = new AtomicReference<>();
    /** A permit each time that the client's transport has become ready. */
    private final Semaphore ready = new Semaphore(0);

    private RpcTestServer server;
    private RpcTestServer.Channel channel;

    @BeforeEach
    void start() {
        ServerCallHandler<Words, Words> handler = (opened, headers) -> {
            opened.sendHeaders(new Metadata());
            call.set(opened);
            return new ServerSide(opened);
        };
        server = new RpcTestServer(ServerServiceDefinition.builder("vpsgateway.test.echo.v1.EchoService")
                .addMethod(EchoServiceGrpc.getChatMethod(), handler)
                .build());
        channel = server.channel();
    }

    @AfterEach
    void stop() {
        channel.close();
        server.close();
    }

    @Test
    void callerIsStoppedWhenNobodyAsksForItsMessages() {
        ClientCall<Words, Words> client = startClient();
        offer(client);
        long atRest = awaitRest(bytesSent);
        assertThat(atRest).isLessThan(2L * RpcTestServer.STREAM_WINDOW_BYTES);
        assertThat(bytesReceived).hasValue(0);

        call.get().request(10);
        await().untilAtomic(bytesReceived, value -> assertThat(value).isEqualTo(10L * MESSAGE_BYTES));
        call.get().request(Integer.MAX_VALUE);
        await().atMost(Duration.ofSeconds(90))
                .untilAtomic(bytesReceived, value -> assertThat(value).isEqualTo(OFFERED_BYTES));
        await().until(() -> end.get() != null);
        assertThat(end.get().getCode()).isEqualTo(Status.Code.OK);
    }

    @Test
    void handlerIsNotReadyWhileTheCallerDoesNotRead() {
        ClientCall<Words, Words> client = startClient();
        client.halfClose();
        await().until(() -> call.get() != null);
        call.get().request(1);
        awaitRest(bytesSent);
        await().until(() -> !call.get().isReady());
        assertThat(bytesSent.get()).isPositive().isLessThan(MAX_HELD_BY_CALLER);

        client.request(Integer.MAX_VALUE);
        await().atMost(Duration.ofSeconds(90))
                .untilAtomic(bytesReceived, value -> assertThat(value).isEqualTo(OFFERED_BYTES));
        await().until(() -> end.get() != null);
        assertThat(end.get().getCode()).isEqualTo(Status.Code.OK);
    }

    /** Sends whenever the client's transport is ready, as a well-behaved caller does. */
    private void offer(ClientCall<Words, Words> client) {
        Thread sender = new Thread(
                () -> {
                    while (bytesSent.get() < OFFERED_BYTES) {
                        if (client.isReady()) {
                            client.sendMessage(MESSAGE);
                            bytesSent.addAndGet(MESSAGE_BYTES);
                        } else {
                            ready.acquireUninterruptibly();
                        }
                    }
                    client.halfClose();
                },
                "offering-client");
        sender.setDaemon(true);
        sender.start();
    }

    private ClientCall<Words, Words> startClient() {
        ClientCall<Words, Words> client = channel.grpc().newCall(EchoServiceGrpc.getChatMethod(), CallOptions.DEFAULT);
        client.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(Words message) {
                        bytesReceived.addAndGet(message.getPadding().size());
                    }

                    @Override
                    public void onReady() {
                        ready.release();
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.set(status);
                    }
                },
                new Metadata());
        await().until(() -> call.get() != null);
        return client;
    }

    /** The value at which a counter has stayed for a while. */
    private static long awaitRest(AtomicLong counter) {
        AtomicLong before = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300))
                .atMost(Duration.ofSeconds(90))
                .until(() -> counter.get() > 0 && before.getAndSet(counter.get()) == counter.get());
        return counter.get();
    }

    /** Counts what arrives; at the end of a request that sent nothing, answers as fast as the call is ready. */
    private final class ServerSide extends ServerCall.Listener<Words> {
        private final ServerCall<Words, Words> answers;
        private boolean answering;

        ServerSide(ServerCall<Words, Words> answers) {
            this.answers = answers;
        }

        @Override
        public void onMessage(Words message) {
            bytesReceived.addAndGet(message.getPadding().size());
        }

        @Override
        public void onHalfClose() {
            if (bytesReceived.get() > 0) {
                answers.close(Status.OK, new Metadata());
            } else {
                answering = true;
                onReady();
            }
        }

        @Override
        public void onReady() {
            while (answering && answers.isReady()) {
                if (bytesSent.get() < OFFERED_BYTES) {
                    answers.sendMessage(MESSAGE);
                    bytesSent.addAndGet(MESSAGE_BYTES);
                } else {
                    answering = false;
                    answers.close(Status.OK, new Metadata());
                }
            }
        }
    }
}
