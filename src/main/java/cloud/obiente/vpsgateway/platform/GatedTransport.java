package cloud.obiente.vpsgateway.platform;

import io.netty.bootstrap.ServerBootstrap;
import io.quarkus.arc.Arc;
import io.quarkus.arc.ArcContainer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.impl.VertxBuilder;
import io.vertx.core.impl.transports.JDKTransport;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.spi.VertxServiceProvider;

/**
 * Puts a gate on each HTTP port that Quarkus opens. Vert.x has a handler for connections, but Quarkus keeps the servers to
 * itself, and it would not see those whose peers say nothing; what configures the sockets sees all. Stateless.
 */
final class GatedTransport extends JDKTransport {
    private GatedTransport() {}

    @Override
    public void configure(NetServerOptions options, boolean domainSocket, ServerBootstrap bootstrap) {
        super.configure(options, domainSocket, bootstrap);
        ArcContainer container = Arc.container();
        // All servers of Vert.x that there are here speak HTTP.
        if (container != null && container.isRunning()) {
            PortGates gates = container.instance(PortGates.class).get();
            if (gates != null) {
                bootstrap.handler(gates.gateOf(options.getPort()));
            }
        }
    }

    /** Found by Vert.x through its name in META-INF/services. */
    @RegisterForReflection
    public static final class Provider implements VertxServiceProvider {

        @Override
        public void init(VertxBuilder builder) {
            // Another one (native sockets, which quarkus.vertx.prefer-native-transport asks for) has no gate.
            if (builder.findTransport() instanceof JDKTransport) {
                builder.findTransport(new GatedTransport());
            } else {
                throw new IllegalStateException("connections cannot be bounded with " + builder.findTransport()
                        + "; leave Vert.x' transport as it is");
            }
        }
    }
}
