package cloud.obiente.vpsgateway.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.Channel;
import io.quarkus.runtime.PreventFurtherStepsException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpVersion;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What an upgrade of Quarkus, Vert.x or the JDK takes away. The services and their interceptors are looked at in
 * {@code QuarkusWiringTest}, the statuses in {@code HealthIT}, the gates in {@code PortAttackIT}, how a failed start ends in
 * {@code ServeIT}.
 */
class PlatformTest {

    /** Without it neither connections nor PINGs are counted. */
    @ParameterizedTest
    @EnumSource(
            value = HttpVersion.class,
            names = {"HTTP_1_1", "HTTP_2"})
    void theChannelUnderAConnectionIsKnown(HttpVersion version) throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            CompletableFuture<Optional<Channel>> found = new CompletableFuture<>();
            HttpServer server = await(vertx.createHttpServer()
                    .requestHandler(request -> {
                        found.complete(NettyChannel.of(request.connection()));
                        request.response().end();
                    })
                    .listen(0, "127.0.0.1"));
            int status = await(vertx.createHttpClient(
                            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false))
                    .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
                    .compose(request -> request.send())
                    .map(response -> response.statusCode()));

            assertThat(status).isEqualTo(200);
            assertThat(found.get(10, TimeUnit.SECONDS)).isPresent();
        } finally {
            await(vertx.close());
        }
    }

    /** Without it SIGTERM cuts calls short, and SIGHUP ends the gateway. WINCH means nothing to anybody here. */
    @Test
    void aSignalRunsWhatWasAskedFor() throws Exception {
        CountDownLatch heard = new CountDownLatch(1);
        SignalHandlers.on("WINCH", heard::countDown);

        Process kill = new ProcessBuilder(
                        "kill", "-WINCH", Long.toString(ProcessHandle.current().pid()))
                .start();

        assertThat(kill.waitFor()).isZero();
        assertThat(heard.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aSignalThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> SignalHandlers.on("COFFEE", () -> {})).isInstanceOf(IllegalStateException.class);
    }

    /** Quarkus prints the message of such a root cause and ends with its code. */
    @Test
    void aFailedStartHasACauseThatQuarkusKnows() {
        assertThat(new StartFailure("why", "what the operator sees", 78) {})
                .hasMessage("why")
                .hasRootCauseInstanceOf(PreventFurtherStepsException.class)
                .hasRootCauseMessage("what the operator sees")
                .extracting(failure -> ((PreventFurtherStepsException) failure.getCause()).getExitCode())
                .isEqualTo(78);
    }

    private static <T> T await(io.vertx.core.Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }
}
