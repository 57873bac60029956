package cloud.obiente.vpsgateway.app.config;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithName;
import java.util.Optional;

/**
 * The configuration as it was written: text, unchecked, nothing filled in. The environment variable of each member is in
 * {@link Variable}, which also holds the defaults, so that they are documented where they are set.
 */
@ConfigMapping(prefix = "gateway")
public interface GatewayConfig {
    Optional<String> apiSecret();

    Optional<String> apiSecretFile();

    Optional<String> apiSecretOverlap();

    Optional<String> apiSecretWeak();

    Optional<String> grpcHost();

    Optional<String> grpcPort();

    Optional<String> grpcIdleTimeout();

    Optional<String> grpcMaxConnections();

    Optional<String> grpcMaxUnauthenticated();

    Optional<String> grpcSecretTimeout();

    Optional<String> corsOrigins();

    Optional<String> metricsHost();

    Optional<String> metricsPort();

    Optional<String> metricsAllowedSources();

    Dhcp dhcp();

    Optional<String> dnsPort();

    Optional<String> dnsRate();

    Optional<String> dnsBurst();

    Optional<String> reconcileInterval();

    Optional<String> syncGrace();

    Optional<String> reclaimAfter();

    Optional<String> segmentCheckInterval();

    Outbound outbound();

    Optional<String> manageSysctl();

    Optional<String> keepRules();

    Guard guard();

    Optional<String> eventDays();

    Ssh ssh();

    Optional<String> logLevel();

    /** The variables {@code GATEWAY_DHCP_*}. */
    interface Dhcp {
        Optional<String> mode();

        Optional<String> poolStart();

        Optional<String> poolEnd();

        Optional<String> poolShare();

        Optional<String> subnet();

        Optional<String> subnetMask();

        Optional<String> gateway();

        @WithName("interface")
        Optional<String> networkInterface();

        Optional<String> listenIp();

        Optional<String> dns();

        Optional<String> advertiseDns();

        Optional<String> domain();

        Optional<String> leaseTime();

        Optional<String> leasesDir();

        Optional<String> quarantine();

        Optional<String> unknownClients();

        Optional<String> allowSharedDynamic();
    }

    /** The variables {@code GATEWAY_OUTBOUND_*}. */
    interface Outbound {
        Optional<String> ip();

        @WithName("interface")
        Optional<String> networkInterface();
    }

    /** The variables {@code GATEWAY_GUARD_*}. */
    interface Guard {
        @WithName("private")
        Optional<String> privateAddresses();

        Optional<String> bridge();
    }

    /** The variables {@code GATEWAY_SSH_*}. */
    interface Ssh {
        Optional<String> allowedTargets();

        Optional<String> allowedPorts();

        Optional<String> maxConnections();

        Optional<String> maxConnectionsPerStream();

        Optional<String> maxDials();

        Optional<String> maxBuffer();

        Optional<String> stall();

        Optional<String> idleTimeout();

        Optional<String> keepalive();

        Optional<String> drain();

        Optional<String> recordDays();

        Optional<String> bastionPort();

        Optional<String> bastionHost();

        Optional<String> authorizedKeys();

        Optional<String> hostKeyFile();

        Optional<String> bastionMaxConnections();

        Optional<String> bastionMaxUnauthenticated();

        Optional<String> bastionLoginGrace();

        Optional<String> bastionRest();
    }
}
