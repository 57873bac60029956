package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.grpc.connect.conformance.ConformancePayload;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ConformancePayload.RequestInfo;
import cloud.obiente.vpsgateway.grpc.connect.conformance.Error;
import cloud.obiente.vpsgateway.grpc.connect.conformance.Header;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/** Answers one call as the caller's script says. All state belongs to the executor, which has one thread. */
final class ConformanceCall<Q extends Message, A> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, A> call;
    private final Metadata requestHeaders;
    private final Executor executor;
    private final Function<Q, ConformanceScript> scriptOf;
    private final Predicate<Q> wantsFullDuplex;
    private final Function<ConformancePayload, A> answerOf;
    private final Context context = Context.current();

    private final List<Any> requests = new ArrayList<>();
    private ConformanceScript script = new ConformanceScript(List.of(), List.of(), Optional.empty(), List.of(), 0);
    private boolean started;
    private boolean fullDuplex;
    private boolean halfClosed;
    private boolean answering;
    private boolean headersSent;
    private int answered;

    ConformanceCall(
            ServerCall<Q, A> call,
            Metadata requestHeaders,
            Executor executor,
            Function<Q, ConformanceScript> scriptOf,
            Predicate<Q> wantsFullDuplex,
            Function<ConformancePayload, A> answerOf) {
        this.call = call;
        this.requestHeaders = requestHeaders;
        this.executor = executor;
        this.scriptOf = scriptOf;
        this.wantsFullDuplex = wantsFullDuplex;
        this.answerOf = answerOf;
    }

    @Override
    public void onMessage(Q request) {
        executor.execute(() -> received(request));
    }

    @Override
    public void onHalfClose() {
        executor.execute(() -> {
            halfClosed = true;
            if (!answering) {
                answerRest();
            }
        });
    }

    private void received(Q request) {
        requests.add(Any.pack(request));
        if (!started) {
            started = true;
            script = scriptOf.apply(request);
            fullDuplex = wantsFullDuplex.test(request);
        }
        if (!fullDuplex) {
            call.request(1);
        } else if (answered < script.data().size()) {
            answering = true;
            sendHeaders();
            answerNext(() -> {
                answering = false;
                requests.clear();
                call.request(1);
                if (halfClosed) {
                    answerRest();
                }
            });
        } else {
            finish();
        }
    }

    private void answerRest() {
        boolean unary = call.getMethodDescriptor().getType().serverSendsOneMessage();
        if (unary && !started) {
            script = new ConformanceScript(List.of(), List.of(ByteString.EMPTY), Optional.empty(), List.of(), 0);
        }
        if (!script.data().isEmpty()) {
            sendHeaders();
        }
        answerUntilDone();
    }

    private void answerUntilDone() {
        if (answered < script.data().size()) {
            answerNext(this::answerUntilDone);
        } else if (script.delayMillis() > 0 && answered == 0) {
            later(this::finish);
        } else {
            finish();
        }
    }

    private void answerNext(Runnable then) {
        later(() -> {
            ConformancePayload.Builder payload =
                    ConformancePayload.newBuilder().setData(script.data().get(answered));
            if (answered == 0) {
                payload.setRequestInfo(requestInfo());
            } else if (fullDuplex && !requests.isEmpty()) {
                payload.setRequestInfo(RequestInfo.newBuilder().addAllRequests(requests));
            }
            answered++;
            call.sendMessage(answerOf.apply(payload.build()));
            then.run();
        });
    }

    private void later(Runnable step) {
        Runnable alive = () -> {
            if (!call.isCancelled()) {
                step.run();
            }
        };
        if (script.delayMillis() == 0) {
            alive.run();
        } else {
            CompletableFuture.delayedExecutor(script.delayMillis(), TimeUnit.MILLISECONDS, executor)
                    .execute(alive);
        }
    }

    private void sendHeaders() {
        if (!headersSent) {
            headersSent = true;
            call.sendHeaders(ConformanceScript.metadata(script.headers()));
        }
    }

    private void finish() {
        sendHeaders();
        Metadata trailers = ConformanceScript.metadata(script.trailers());
        if (script.error().isPresent()) {
            StatusRuntimeException failure = failure(script.error().get());
            trailers.merge(StatusProto.toStatusRuntimeException(StatusProto.fromThrowable(failure))
                    .getTrailers());
            call.close(failure.getStatus(), trailers);
        } else {
            call.close(Status.OK, trailers);
        }
    }

    private StatusRuntimeException failure(Error error) {
        com.google.rpc.Status.Builder status = com.google.rpc.Status.newBuilder()
                .setCode(error.getCodeValue())
                .setMessage(error.getMessage())
                .addAllDetails(error.getDetailsList());
        if (answered == 0) {
            status.addDetails(Any.pack(requestInfo()));
        }
        return StatusProto.toStatusRuntimeException(status.build());
    }

    private RequestInfo requestInfo() {
        RequestInfo.Builder info = RequestInfo.newBuilder().addAllRequests(requests);
        if (context.getDeadline() != null) {
            info.setTimeoutMs(context.getDeadline().timeRemaining(TimeUnit.MILLISECONDS));
        }
        for (String name : requestHeaders.keys()) {
            info.addRequestHeaders(header(name));
        }
        return info.build();
    }

    private Header header(String name) {
        Header.Builder header = Header.newBuilder().setName(name);
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
            requestHeaders
                    .getAll(Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER))
                    .forEach(value -> header.addValue(base64.encodeToString(value)));
        } else {
            requestHeaders
                    .getAll(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER))
                    .forEach(header::addValue);
        }
        return header.build();
    }
}
