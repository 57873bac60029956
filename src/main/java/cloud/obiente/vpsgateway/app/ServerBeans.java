package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.ApiSecretSettings;
import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.connections.PeerAddresses;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.grpc.GatewayInfo;
import cloud.obiente.vpsgateway.grpc.HealthCalls;
import cloud.obiente.vpsgateway.grpc.ReadOnlyMethods;
import cloud.obiente.vpsgateway.grpc.SharedSecret;
import cloud.obiente.vpsgateway.grpc.connect.RpcSettings;
import cloud.obiente.vpsgateway.ops.DescriptorCheck;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** The beans of the port of calls; rules as in {@link CoreBeans}. */
@Singleton
public class ServerBeans {
    private static final Logger LOG = Logger.getLogger(ServerBeans.class);

    @Produces
    @Singleton
    GatewayInfo facts(
            GatewaySettings settings,
            InterfaceWatch interfaceWatch,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        DhcpSettings dhcp = settings.dhcp();
        return new GatewayInfo(version, dhcp.subnet(), dhcp.router(), () -> dhcp.advertiseDns()
                .resolvers(interfaceWatch.ownAddress().stream().toList(), dhcp.upstreamDns()));
    }

    @Produces
    @Singleton
    RpcSettings rpcSettings(
            GatewaySettings settings,
            @ConfigProperty(name = "quarkus.grpc.server.max-inbound-message-size") int maxMessageBytes) {
        return new RpcSettings(
                maxMessageBytes, settings.corsOrigins(), ReadOnlyMethods.NAMES, HealthCalls.MESSAGE_LIMITS);
    }

    @Produces
    @Singleton
    SharedSecret sharedSecret(GatewaySettings settings, Clock clock) {
        ApiSecretSettings secret = settings.apiSecret();
        return new SharedSecret(secret.current(), secret.rule(), secret.overlap(), clock, LOG::warn);
    }

    /** Of the port of calls. */
    @Produces
    @Singleton
    PeerAddresses peerAddresses(MeterRegistry registry) {
        return GatedPorts.watched("grpc", nobody -> false, registry);
    }

    @Produces
    @Singleton
    DescriptorCheck.Shortage shortage(Descriptors descriptors) {
        return new DescriptorCheck.Shortage(descriptors.budget().limit(), descriptors.shortage());
    }
}
