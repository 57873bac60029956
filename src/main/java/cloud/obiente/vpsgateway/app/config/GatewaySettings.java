package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.ssh.SshSettings;
import java.time.Duration;

/**
 * Everything the operator can set, checked. Its text form is fit for the log: secrets are hidden.
 *
 * @param apiSecret what callers must present
 * @param grpc where gRPC listens
 * @param metrics where health and metrics listen
 * @param dhcp addresses, DHCP and DNS
 * @param reconcileInterval pause between two comparisons of files, rules, leases and allocations; at least a second
 * @param hostNetwork what the host's kernel does for us
 * @param ssh tunnels to the VPSs
 * @param logLevel of the root logger
 */
public record GatewaySettings(
        ApiSecretSettings apiSecret,
        Endpoint grpc,
        Endpoint metrics,
        DhcpSettings dhcp,
        Duration reconcileInterval,
        HostNetworkSettings hostNetwork,
        SshSettings ssh,
        LogLevel logLevel) {}
