package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.grpc.connect.conformance.BidiStreamRequest;
import cloud.obiente.vpsgateway.grpc.connect.conformance.BidiStreamResponse;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ClientStreamResponse;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ConformancePayload;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ConformanceServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.conformance.IdempotentUnaryResponse;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ServerCompatRequest;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ServerCompatResponse;
import cloud.obiente.vpsgateway.grpc.connect.conformance.ServerStreamResponse;
import cloud.obiente.vpsgateway.grpc.connect.conformance.UnaryResponse;
import com.google.protobuf.Message;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCallHandler;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.function.Predicate;

/** The program that the conformance suite's runner starts, once for each configuration, and ends by a signal. */
public final class ConformanceServer {
    private final ExecutorService executor = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "conformance-answers");
        thread.setDaemon(true);
        return thread;
    });

    private ConformanceServer() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        DataInputStream in = new DataInputStream(System.in);
        ServerCompatRequest wanted = ServerCompatRequest.parseFrom(in.readNBytes(in.readInt()));
        int limit = wanted.getMessageReceiveLimit() == 0
                ? RpcSettings.DEFAULT_MAX_MESSAGE_BYTES
                : wanted.getMessageReceiveLimit();
        ServerServiceDefinition service = new ConformanceServer().service();
        try (RpcTestServer server = new RpcTestServer(new RpcSettings(limit, Set.of(), Set.of()), service)) {
            byte[] ready = ServerCompatResponse.newBuilder()
                    .setHost("127.0.0.1")
                    .setPort(server.port())
                    .build()
                    .toByteArray();
            DataOutputStream out = new DataOutputStream(System.out);
            out.writeInt(ready.length);
            out.write(ready);
            out.flush();
            new CountDownLatch(1).await();
        }
    }

    private ServerServiceDefinition service() {
        return ServerServiceDefinition.builder(ConformanceServiceGrpc.getServiceDescriptor())
                .addMethod(
                        ConformanceServiceGrpc.getUnaryMethod(),
                        handler(
                                request -> ConformanceScript.of(request.getResponseDefinition()),
                                payload -> UnaryResponse.newBuilder()
                                        .setPayload(payload)
                                        .build()))
                .addMethod(
                        ConformanceServiceGrpc.getIdempotentUnaryMethod(),
                        handler(
                                request -> ConformanceScript.of(request.getResponseDefinition()),
                                payload -> IdempotentUnaryResponse.newBuilder()
                                        .setPayload(payload)
                                        .build()))
                .addMethod(
                        ConformanceServiceGrpc.getServerStreamMethod(),
                        handler(
                                request -> ConformanceScript.of(request.getResponseDefinition()),
                                payload -> ServerStreamResponse.newBuilder()
                                        .setPayload(payload)
                                        .build()))
                .addMethod(
                        ConformanceServiceGrpc.getClientStreamMethod(),
                        handler(
                                request -> ConformanceScript.of(request.getResponseDefinition()),
                                payload -> ClientStreamResponse.newBuilder()
                                        .setPayload(payload)
                                        .build()))
                .addMethod(
                        ConformanceServiceGrpc.getBidiStreamMethod(),
                        handler(
                                request -> ConformanceScript.of(request.getResponseDefinition()),
                                BidiStreamRequest::getFullDuplex,
                                payload -> BidiStreamResponse.newBuilder()
                                        .setPayload(payload)
                                        .build()))
                .addMethod(unimplemented(ConformanceServiceGrpc.getUnimplementedMethod()))
                .build();
    }

    private static <Q, A> ServerMethodDefinition<Q, A> unimplemented(MethodDescriptor<Q, A> method) {
        return ServerMethodDefinition.create(
                method,
                ServerCalls.asyncUnaryCall(
                        (request, answer) -> ServerCalls.asyncUnimplementedUnaryCall(method, answer)));
    }

    private <Q extends Message, A> ServerCallHandler<Q, A> handler(
            Function<Q, ConformanceScript> scriptOf, Function<ConformancePayload, A> answerOf) {
        return handler(scriptOf, request -> false, answerOf);
    }

    private <Q extends Message, A> ServerCallHandler<Q, A> handler(
            Function<Q, ConformanceScript> scriptOf,
            Predicate<Q> wantsFullDuplex,
            Function<ConformancePayload, A> answerOf) {
        return (call, headers) -> {
            call.request(1);
            return new ConformanceCall<>(call, headers, executor, scriptOf, wantsFullDuplex, answerOf);
        };
    }
}
