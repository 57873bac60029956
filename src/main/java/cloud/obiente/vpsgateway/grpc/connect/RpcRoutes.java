package cloud.obiente.vpsgateway.grpc.connect;

import io.netty.channel.EventLoopGroup;
import io.quarkus.arc.DefaultBean;
import io.quarkus.netty.MainEventLoopGroup;
import io.vertx.ext.web.Router;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Puts the adapter in front of everything else on Quarkus' HTTP server, its gRPC route included. */
@Singleton
class RpcRoutes {
    /** Before Quarkus' limit on body sizes (-2), which is no use to streams, and its gRPC route (0 and up). */
    private static final int ORDER = -10_000;

    void install(
            @Observes Router router,
            @MainEventLoopGroup EventLoopGroup loops,
            RpcServices services,
            RpcSettings settings) {
        new RpcEndpoint(services.catalog(), settings, loops).mountOn(router, ORDER);
    }

    /** For an application that does not produce its own. */
    @Produces
    @Singleton
    @DefaultBean
    RpcSettings settings(
            @ConfigProperty(
                            name = "quarkus.grpc.server.max-inbound-message-size",
                            defaultValue = "" + RpcSettings.DEFAULT_MAX_MESSAGE_BYTES)
                    int maxMessageBytes) {
        return new RpcSettings(maxMessageBytes, Set.of(), Set.of());
    }
}
