package cloud.obiente.vpsgateway.grpc.connect;

import static cloud.obiente.vpsgateway.grpc.connect.EchoService.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.grpc.connect.echo.EchoServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A handler whose answer has reached its caller is told so. Metrics and logs count by what it is told. */
class AnsweredCallTest {
    private static final int CALLS = 200;

    private final ExecutorService worker = Executors.newSingleThreadExecutor();
    private final Ends ends = new Ends();
    private final RpcTestServer server = new RpcTestServer(ServerInterceptors.intercept(new Slow(), ends));
    private final RpcTestServer.Channel channel = server.channel();

    @AfterEach
    void close() {
        channel.close();
        server.close();
        worker.shutdownNow();
    }

    @Test
    void anAnsweredCallNeverCountsAsCancelled() {
        EchoServiceGrpc.EchoServiceBlockingStub stub = EchoServiceGrpc.newBlockingStub(channel.grpc());

        for (int call = 0; call < CALLS; call++) {
            assertThat(stub.say(words("hello")).getText()).isEqualTo("hello");
        }

        await().until(() -> ends.completed.get() + ends.cancelled.get() == CALLS);
        assertThat(ends.cancelled).hasValue(0);
    }

    /** Answers on another thread than the one that serves the stream. */
    private final class Slow extends EchoServiceGrpc.EchoServiceImplBase {
        @Override
        public void say(Words request, StreamObserver<Words> answer) {
            worker.execute(() -> {
                answer.onNext(request);
                answer.onCompleted();
            });
        }
    }

    private static final class Ends implements ServerInterceptor {
        private final AtomicInteger completed = new AtomicInteger();
        private final AtomicInteger cancelled = new AtomicInteger();

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata metadata, ServerCallHandler<Q, A> next) {
            return new SimpleForwardingServerCallListener<>(next.startCall(call, metadata)) {
                @Override
                public void onComplete() {
                    completed.incrementAndGet();
                    super.onComplete();
                }

                @Override
                public void onCancel() {
                    cancelled.incrementAndGet();
                    super.onCancel();
                }
            };
        }
    }
}
