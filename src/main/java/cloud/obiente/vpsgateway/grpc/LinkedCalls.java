package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.apilink.UnaryCalls;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import com.google.protobuf.ByteString;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * The unary methods of a service for callers that have no HTTP exchange of their own: the same definitions, handlers and
 * statuses as on the wire. Immutable; the handlers are run on the caller's thread and do not wait.
 */
public final class LinkedCalls implements UnaryCalls {
    private static final Logger LOG = Logger.getLogger(LinkedCalls.class);

    /** Takes lists of allocations, on a thread that must not wait. */
    @FunctionalInterface
    public interface Lists {
        Uni<SyncAllocationsResponse> sync(ListSource source, SyncAllocationsRequest list);
    }

    private final Map<String, ServerMethodDefinition<?, ?>> methods;
    private final Lists lists;

    /** @param lists takes lists, which need not go through their messages' bytes */
    public LinkedCalls(ServerServiceDefinition service, Lists lists) {
        this.lists = lists;
        methods = service.getMethods().stream()
                .filter(method -> method.getMethodDescriptor().getType() == MethodDescriptor.MethodType.UNARY)
                .collect(Collectors.toUnmodifiableMap(
                        method -> method.getMethodDescriptor().getBareMethodName(), Function.identity()));
    }

    @Override
    public Running start(String method, ByteString request, Caller caller) {
        ServerMethodDefinition<?, ?> definition = methods.get(method);
        if (definition == null) {
            return new RejectedCall(Status.UNIMPLEMENTED.withDescription("there is no such unary method (known: "
                    + methods.keySet().stream().sorted().collect(Collectors.joining(", ")) + ")"));
        }
        return start(definition, request, caller);
    }

    @Override
    public Running sync(ListSource source, SyncAllocationsRequest list, Caller caller) {
        ListCall call = new ListCall(CallerInterceptor.contextOf(caller).withCancellation());
        call.context.run(() -> lists.sync(source, list)
                .subscribe()
                .with(
                        result -> call.reply.complete(new Reply.Synced(result)),
                        failure -> call.reply.complete(refused(Status.fromThrowable(failure)))));
        return call;
    }

    private static <Q, A> Running start(ServerMethodDefinition<Q, A> method, ByteString payload, Caller caller) {
        Q request;
        try {
            request = method.getMethodDescriptor().parseRequest(payload.newInput());
        } catch (RuntimeException malformed) {
            return new RejectedCall(
                    Status.INVALID_ARGUMENT.withDescription("the payload is not the method's request message"));
        }
        Call<Q, A> call = new Call<>(method.getMethodDescriptor(), CallerInterceptor.contextOf(caller));
        call.context.run(() -> {
            try {
                ServerCall.Listener<Q> handler = method.getServerCallHandler().startCall(call, new Metadata());
                handler.onMessage(request);
                handler.onHalfClose();
            } catch (RuntimeException fault) {
                LOG.error("a request of a link failed", fault);
                call.close(
                        Status.INTERNAL.withDescription("internal error; the gateway's log tells more"),
                        new Metadata());
            }
        });
        return call;
    }

    private static Reply refused(Status status) {
        String description = status.getDescription();
        return new Reply.Failed(status.getCode() + ": " + (description == null ? "" : description));
    }

    /** A list that is being worked on. */
    private record ListCall(Context.CancellableContext context, CompletableFuture<Reply> reply) implements Running {
        ListCall(Context.CancellableContext context) {
            this(context, new CompletableFuture<>());
        }

        @Override
        public void cancel() {
            context.cancel(null);
        }
    }

    /** A call that never began. */
    private record RejectedCall(Status status) implements Running {
        @Override
        public CompletionStage<Reply> reply() {
            return CompletableFuture.completedFuture(refused(status));
        }

        @Override
        public void cancel() {
            // Nothing is running.
        }
    }

    /** A call whose one message comes from, and whose answer goes to, memory. The first close counts. */
    private static final class Call<Q, A> extends ServerCall<Q, A> implements Running {
        private final MethodDescriptor<Q, A> method;
        private final Context.CancellableContext context;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private volatile A message;

        Call(MethodDescriptor<Q, A> method, Context context) {
            this.method = method;
            this.context = context.withCancellation();
        }

        @Override
        public CompletionStage<Reply> reply() {
            return reply;
        }

        @Override
        public void cancel() {
            context.cancel(null);
        }

        @Override
        public void request(int numMessages) {
            // There is one message, and it is handed in unasked.
        }

        @Override
        public void sendHeaders(Metadata headers) {
            // A link has nowhere to put them.
        }

        @Override
        public void sendMessage(A answer) {
            message = answer;
        }

        @Override
        public void close(Status status, Metadata trailers) {
            reply.complete(status.isOk() && message != null ? new Reply.Succeeded(bytes(message)) : refused(status));
            context.cancel(null);
        }

        private ByteString bytes(A answer) {
            try (InputStream stream = method.streamResponse(answer)) {
                return ByteString.readFrom(stream);
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }

        @Override
        public boolean isCancelled() {
            return context.isCancelled();
        }

        @Override
        public MethodDescriptor<Q, A> getMethodDescriptor() {
            return method;
        }
    }
}
