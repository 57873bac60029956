package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.GatewayClient;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Calls of streaming methods that end after one message each way. */
final class Streams {
    private Streams() {}

    /** Sends one message with the secret attached, and waits for the first one back. */
    static <Q, A> A first(GatewayClient client, MethodDescriptor<Q, A> method, Q message) {
        return first(client.calls().getChannel(), method, message);
    }

    /** Sends one message as it is, and waits for the first one back. Throws the status that came instead. */
    static <Q, A> A first(Channel channel, MethodDescriptor<Q, A> method, Q message) {
        CompletableFuture<A> answer = new CompletableFuture<>();
        CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(60, TimeUnit.SECONDS);
        StreamObserver<Q> requests =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(method, options), new StreamObserver<>() {
                    @Override
                    public void onNext(A received) {
                        answer.complete(received);
                    }

                    @Override
                    public void onError(Throwable status) {
                        answer.completeExceptionally(status);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new AssertionError("the stream ended without a message"));
                    }
                });
        requests.onNext(message);
        requests.onCompleted();
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException status) {
                throw status;
            }
            throw e;
        }
    }
}
