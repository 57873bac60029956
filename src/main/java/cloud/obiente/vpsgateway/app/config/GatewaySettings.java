package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.connections.ConnectionLimits;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Everything the operator can set, checked. Its text form is fit for the log: secrets are hidden.
 *
 * @param apiSecret what callers must present
 * @param grpc where gRPC listens
 * @param connections how many of them there are on that port, and for how long without a call
 * @param corsOrigins web pages that may call, as browsers name them
 * @param metrics where health and metrics listen
 * @param metricsSources who may come there besides this host; empty: private networks other than that of the VPSs
 * @param dhcp addresses, DHCP and DNS
 * @param reconcileInterval within which a difference between allocations, files, rules and leases is repaired; at least a
 *     second
 * @param syncGrace for how long all lists must leave an allocation out before it can be released for that
 * @param reclaimAfter for how long a VPS must not have been seen before its address may be given to another; empty: never
 * @param segmentCheckInterval between checks for others on the VPSs' network; zero: never
 * @param hostNetwork what the host's kernel does for us
 * @param eventDays how long the history of allocations is kept
 * @param ssh tunnels to the VPSs
 * @param bastion the SSH server in front of them; empty: none
 * @param logLevel of our own categories; the frameworks' follows from it
 */
public record GatewaySettings(
        ApiSecretSettings apiSecret,
        ListenEndpoint grpc,
        ConnectionLimits connections,
        Set<String> corsOrigins,
        ListenEndpoint metrics,
        Optional<List<Subnet>> metricsSources,
        DhcpSettings dhcp,
        Duration reconcileInterval,
        Duration syncGrace,
        Optional<Duration> reclaimAfter,
        Duration segmentCheckInterval,
        HostNetworkSettings hostNetwork,
        int eventDays,
        SshSettings ssh,
        Optional<BastionSettings> bastion,
        LogLevel logLevel) {
    public GatewaySettings {
        corsOrigins = Set.copyOf(corsOrigins);
        metricsSources = metricsSources.map(List::copyOf);
    }

    /** Half the interval, so that damage right after a check is repaired before the interval is over. */
    public Duration checkInterval() {
        return reconcileInterval.dividedBy(2);
    }
}
