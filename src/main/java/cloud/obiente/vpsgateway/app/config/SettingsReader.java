package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_CORS_ORIGINS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DNS_PORT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_EVENT_DAYS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_HOST;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_IDLE_TIMEOUT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_MAX_CONNECTIONS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_MAX_UNAUTHENTICATED;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_PORT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_GRPC_SECRET_TIMEOUT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_METRICS_ALLOWED_SOURCES;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_METRICS_HOST;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_METRICS_PORT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_RECLAIM_AFTER;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_RECONCILE_INTERVAL;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SEGMENT_CHECK_INTERVAL;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_PORT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SYNC_GRACE;
import static cloud.obiente.vpsgateway.app.config.Variable.LOG_LEVEL;

import cloud.obiente.vpsgateway.connections.ConnectionLimits;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The rules of the configuration: text becomes settings, or all of its problems. The same text gives the same answer; the
 * one thing read besides is the file that GATEWAY_API_SECRET_FILE names.
 */
public final class SettingsReader {
    private static final DurationRange SECRET_TIMEOUT = new DurationRange("2s", "1h");
    private static final DurationRange IDLE_TIMEOUT = new DurationRange("1s", "365d");
    private static final DurationRange RECONCILE_INTERVAL = new DurationRange("1s", "1d");
    private static final DurationRange SEGMENT_CHECK_INTERVAL = new DurationRange("0s", "1d");

    private static final DurationRange RECLAIM_AFTER = new DurationRange("1d", "3650d");
    private static final DurationRange SYNC_GRACE = new DurationRange("1s", "7d");

    private final ValueReader values;

    private SettingsReader(ValueReader values) {
        this.values = values;
    }

    /**
     * Reads everything, and never stops at the first problem.
     *
     * @param names all names that are set, of variables and of properties; unknown ones among them are warned about
     */
    public static ConfigResult read(WrittenSettings written, Iterable<String> names) {
        ValueReader values = new ValueReader(written);
        Optional<GatewaySettings> settings = new SettingsReader(values).settings();
        UnknownVariables.warningsAbout(names).forEach(values::warn);
        return settings.<ConfigResult>map(accepted -> new ConfigResult.Valid(accepted, values.warnings()))
                .orElseGet(() -> new ConfigResult.Invalid(values.problems()));
    }

    private Optional<GatewaySettings> settings() {
        Optional<Ipv4Address> grpcHost = values.read(GATEWAY_GRPC_HOST, Ipv4Address::parse);
        Optional<ApiSecretSettings> apiSecret = new ApiSecretReader(values).read(grpcHost);
        Optional<Ipv4Address> metricsHost = values.read(GATEWAY_METRICS_HOST, Ipv4Address::parse);
        Optional<Set<String>> corsOrigins = values.read(GATEWAY_CORS_ORIGINS, WebOrigins::parse);
        Map<Variable, Integer> ports = ports();
        Optional<Integer> maxConnections =
                values.read(GATEWAY_GRPC_MAX_CONNECTIONS, SettingsReader::parseMaxConnections);
        Optional<Integer> maxUnauthenticated =
                values.read(GATEWAY_GRPC_MAX_UNAUTHENTICATED, SettingsReader::parseMaxUnauthenticated);
        Optional<Duration> secretTimeout = values.read(GATEWAY_GRPC_SECRET_TIMEOUT, SECRET_TIMEOUT::parse);
        Optional<List<Subnet>> metricsSources = values.read(GATEWAY_METRICS_ALLOWED_SOURCES, SshReader::parseNetworks);
        Optional<Duration> idleTimeout = values.read(GATEWAY_GRPC_IDLE_TIMEOUT, IDLE_TIMEOUT::parse);
        Optional<DhcpSettings> dhcp = new DhcpReader(values).read(Optional.ofNullable(ports.get(GATEWAY_DNS_PORT)));
        Optional<Duration> reconcileInterval = values.read(GATEWAY_RECONCILE_INTERVAL, RECONCILE_INTERVAL::parse);
        Optional<Duration> syncGrace = values.read(GATEWAY_SYNC_GRACE, SYNC_GRACE::parse);
        Optional<Duration> reclaimAfter = values.read(GATEWAY_RECLAIM_AFTER, RECLAIM_AFTER::parse);
        Optional<Duration> segmentCheckInterval =
                values.read(GATEWAY_SEGMENT_CHECK_INTERVAL, SEGMENT_CHECK_INTERVAL::parse);
        Optional<HostNetworkSettings> hostNetwork = new HostNetworkReader(values).read(dhcp);
        Optional<Integer> eventDays = values.read(GATEWAY_EVENT_DAYS, SettingsReader::parseEventDays);
        Optional<SshSettings> ssh = new SshReader(values).read();
        Optional<BastionSettings> bastion =
                new BastionReader(values).read(Optional.ofNullable(ports.get(GATEWAY_SSH_BASTION_PORT)));
        Optional<LogLevel> logLevel = values.read(LOG_LEVEL, LogLevel::parse);
        if (values.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new GatewaySettings(
                apiSecret.orElseThrow(),
                new ListenEndpoint(grpcHost.orElseThrow(), ports.get(GATEWAY_GRPC_PORT)),
                ConnectionLimits.of(
                        maxConnections.orElseThrow(),
                        maxUnauthenticated.orElseThrow(),
                        // Those that are late are looked for once a second.
                        secretTimeout.orElseThrow().minusSeconds(1),
                        idleTimeout.orElseThrow()),
                corsOrigins.orElse(Set.of()),
                new ListenEndpoint(metricsHost.orElseThrow(), ports.get(GATEWAY_METRICS_PORT)),
                metricsSources,
                dhcp.orElseThrow(),
                reconcileInterval.orElseThrow(),
                syncGrace.orElseThrow(),
                reclaimAfter,
                segmentCheckInterval.orElseThrow(),
                hostNetwork.orElseThrow(),
                eventDays.orElseThrow(),
                ssh.orElseThrow(),
                bastion,
                logLevel.orElseThrow()));
    }

    /** Those that could be read; that two differ is checked even though they may be bound to different addresses. */
    private Map<Variable, Integer> ports() {
        Map<Variable, Integer> ports = new EnumMap<>(Variable.class);
        readPort(GATEWAY_GRPC_PORT, ports);
        readPort(GATEWAY_METRICS_PORT, ports);
        readPort(GATEWAY_DNS_PORT, ports);
        readPort(GATEWAY_SSH_BASTION_PORT, ports);
        return ports;
    }

    private void readPort(Variable variable, Map<Variable, Integer> taken) {
        values.read(variable, SettingsReader::parsePort).ifPresent(port -> {
            taken.forEach((other, otherPort) -> {
                if (otherPort.equals(port)) {
                    values.note(new ConfigError(
                            variable, "'" + port + "' is the port of " + other + " too (expected: a port of its own)"));
                }
            });
            taken.put(variable, port);
        });
    }

    /** The store itself refuses to remove what is younger than thirty days. */
    private static int parseEventDays(String text) {
        if (text.matches("[1-9][0-9]{1,3}")) {
            int days = Integer.parseInt(text);
            if (days >= 30 && days <= 3_650) {
                return days;
            }
        }
        throw new InvalidValueException(text, "a number of days from 30 to 3650");
    }

    /** An API that starts needs a few, before it has shown the secret. */
    private static int parseMaxUnauthenticated(String text) {
        if (text.matches("[1-9][0-9]{0,6}")) {
            int connections = Integer.parseInt(text);
            if (connections >= 4 && connections <= 1_000_000) {
                return connections;
            }
        }
        throw new InvalidValueException(text, "a number of connections from 4 to 1000000");
    }

    /** Fewer than that, and one API instance and a few people with their tools would have to share. */
    private static int parseMaxConnections(String text) {
        if (text.matches("[1-9][0-9]{1,6}")) {
            int connections = Integer.parseInt(text);
            if (connections >= 16 && connections <= 1_000_000) {
                return connections;
            }
        }
        throw new InvalidValueException(text, "a number of connections from 16 to 1000000");
    }

    private static int parsePort(String text) {
        if (text.matches("[1-9][0-9]{0,4}") && Integer.parseInt(text) <= 65_535) {
            return Integer.parseInt(text);
        }
        throw new InvalidValueException(text, "a port from 1 to 65535");
    }
}
