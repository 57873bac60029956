package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.control.ControlRouter;
import cloud.obiente.vpsgateway.control.ControlServer;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Opens the control socket when everything has been started, and closes it before anything is stopped. Without it the
 * gateway serves all the same. Owns the server; start and stop are called one after the other.
 */
@Singleton
public class ControlSocket {
    private static final Logger LOG = Logger.getLogger(ControlSocket.class);
    /** {@link GatewayLifecycle} has none, which counts as this (CDI 4, 10.5.2). */
    private static final int LIFECYCLE = Interceptor.Priority.APPLICATION + 500;

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private Optional<ControlServer> server = Optional.empty();

    void open(
            @Observes @Priority(LIFECYCLE + 1) StartupEvent started, StateDirectory directory, ControlRouter handler) {
        try {
            server = Optional.of(ControlServer.start(directory.path(), handler, TIMEOUT));
        } catch (IOException | RuntimeException fault) {
            LOG.warnf(
                    "commands such as 'vps-gateway status' cannot reach this gateway: no socket can be made in %s (%s); a"
                            + " shorter GATEWAY_DHCP_LEASES_DIR may help",
                    directory.path(), fault);
        }
    }

    void close(@Observes @Priority(LIFECYCLE - 1) ShutdownEvent stopping) {
        server.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException fault) {
                LOG.warnf("%s could not be removed: %s", open.file(), fault);
            }
        });
        server = Optional.empty();
    }
}
