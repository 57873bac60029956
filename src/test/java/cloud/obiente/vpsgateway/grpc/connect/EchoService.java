package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.grpc.connect.echo.EchoServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Says back what it is told; some words make it misbehave. */
final class EchoService extends EchoServiceGrpc.EchoServiceImplBase {
    static final String FAIL = "fail";
    static final String THROW = "throw";
    static final String HANG = "hang";

    final AtomicInteger cancelled = new AtomicInteger();
    final AtomicInteger contextsCancelled = new AtomicInteger();
    /** Calls that wait for their caller. */
    final AtomicInteger started = new AtomicInteger();

    @Override
    public void say(Words request, StreamObserver<Words> answer) {
        switch (request.getText()) {
            case FAIL -> answer.onError(failure());
            case THROW -> throw new IllegalArgumentException("thrown by the handler");
            case HANG -> watch(answer);
            default -> {
                answer.onNext(request);
                answer.onCompleted();
            }
        }
    }

    @Override
    public void peek(Words request, StreamObserver<Words> answer) {
        say(request, answer);
    }

    @Override
    public StreamObserver<Words> collect(StreamObserver<Words> answer) {
        List<String> texts = new ArrayList<>();
        return new StreamObserver<>() {
            @Override
            public void onNext(Words words) {
                texts.add(words.getText());
            }

            @Override
            public void onError(Throwable gone) {}

            @Override
            public void onCompleted() {
                answer.onNext(
                        Words.newBuilder().setText(String.join(" ", texts)).build());
                answer.onCompleted();
            }
        };
    }

    @Override
    public void repeat(Words request, StreamObserver<Words> answer) {
        for (int i = 0; i < request.getTimes(); i++) {
            answer.onNext(request);
        }
        switch (request.getText()) {
            case FAIL -> answer.onError(failure());
            case HANG -> watch(answer);
            default -> answer.onCompleted();
        }
    }

    @Override
    public StreamObserver<Words> chat(StreamObserver<Words> answer) {
        watch(answer);
        return new StreamObserver<>() {
            @Override
            public void onNext(Words words) {
                answer.onNext(words);
            }

            @Override
            public void onError(Throwable gone) {}

            @Override
            public void onCompleted() {
                answer.onCompleted();
            }
        };
    }

    private void watch(StreamObserver<Words> answer) {
        started.incrementAndGet();
        ((ServerCallStreamObserver<Words>) answer).setOnCancelHandler(cancelled::incrementAndGet);
        Context.current()
                .addListener(
                        context -> {
                            if (context.cancellationCause() != null) {
                                contextsCancelled.incrementAndGet();
                            }
                        },
                        Runnable::run);
    }

    private static RuntimeException failure() {
        return StatusProto.toStatusRuntimeException(com.google.rpc.Status.newBuilder()
                .setCode(Code.FAILED_PRECONDITION_VALUE)
                .setMessage("100 % wrong: \u00fcber")
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason("ECHO_TIRED")
                        .setDomain("test")
                        .build()))
                .build());
    }

    static Words words(String text) {
        return Words.newBuilder().setText(text).build();
    }

    static Words padded(int bytes) {
        return Words.newBuilder()
                .setPadding(ByteString.copyFrom(new byte[bytes]))
                .build();
    }

    static Status.Code codeOf(Throwable failure) {
        return Status.fromThrowable(failure).getCode();
    }
}
