package cloud.obiente.vpsgateway.grpc.connect;

import static cloud.obiente.vpsgateway.grpc.connect.EchoService.codeOf;
import static cloud.obiente.vpsgateway.grpc.connect.EchoService.padded;
import static cloud.obiente.vpsgateway.grpc.connect.EchoService.words;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cloud.obiente.vpsgateway.grpc.connect.echo.EchoServiceGrpc;
import cloud.obiente.vpsgateway.grpc.connect.echo.Words;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCalls;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What takes long to encode does not hold up other calls of the event loop. */
class ResponseCompressionTest {
    private static final int LONG = 1 << 20;
    private static final int UNENCODABLE = 2 << 20;

    private final List<String> threads = new CopyOnWriteArrayList<>();
    private final RpcTestServer server = new RpcTestServer(service());
    private final RpcTestServer.Channel channel = server.channel();
    private final EchoServiceGrpc.EchoServiceBlockingStub stub = EchoServiceGrpc.newBlockingStub(channel.grpc());

    @AfterEach
    void close() {
        channel.close();
        server.close();
    }

    @Test
    void shortAnswersAreEncodedOnTheEventLoop() {
        stub.say(words("hello"));
        assertThat(threads).singleElement().asString().contains("eventloop");
    }

    @Test
    void longAnswersAreEncodedOnAWorker() {
        assertThat(stub.say(padded(LONG)).getPadding().size()).isEqualTo(LONG);
        assertThat(threads).singleElement().asString().contains("worker");
    }

    @Test
    void aLongAnswerThatCannotBeEncodedIsAnError() {
        Throwable failure = catchThrowable(() -> stub.say(padded(UNENCODABLE)));
        assertThat(codeOf(failure)).isEqualTo(Status.Code.UNKNOWN);
        assertThat(stub.say(words("hello")).getText()).isEqualTo("hello");
    }

    private ServerServiceDefinition service() {
        MethodDescriptor<Words, Words> original = EchoServiceGrpc.getSayMethod();
        MethodDescriptor<Words, Words> say = original.toBuilder(
                        original.getRequestMarshaller(), observed(original.getResponseMarshaller()))
                .build();
        return ServerServiceDefinition.builder(ServiceDescriptor.newBuilder(EchoServiceGrpc.SERVICE_NAME)
                        .addMethod(say)
                        .build())
                .addMethod(say, ServerCalls.asyncUnaryCall(new EchoService()::say))
                .build();
    }

    private Marshaller<Words> observed(Marshaller<Words> original) {
        return new Marshaller<>() {
            @Override
            public InputStream stream(Words words) {
                threads.add(Thread.currentThread().getName());
                if (words.getPadding().size() == UNENCODABLE) {
                    throw new IllegalStateException("cannot be encoded");
                }
                return original.stream(words);
            }

            @Override
            public Words parse(InputStream stream) {
                return original.parse(stream);
            }
        };
    }
}
