package cloud.obiente.vpsgateway.app;

import io.quarkus.vertx.http.HttpServerOptionsCustomizer;
import io.vertx.core.http.HttpServerOptions;
import jakarta.inject.Singleton;

/**
 * Keeps the server from ending streams that are silent, whatever a {@code quarkus.http} setting says: an SSH session may
 * be, for days. Callers that have died are found by TCP keepalive, with the times of the host (tcp(7)). Stateless.
 */
@Singleton
class IdleTimeoutCustomizer implements HttpServerOptionsCustomizer {
    private static final int NEVER = 0;

    @Override
    public void customizeHttpServer(HttpServerOptions options) {
        options.setIdleTimeout(NEVER)
                .setReadIdleTimeout(NEVER)
                .setWriteIdleTimeout(NEVER)
                .setTcpKeepAlive(true);
    }
}
