package cloud.obiente.vpsgateway.app.config;

import java.util.Optional;
import java.util.function.Function;

/**
 * Every variable that the gateway reads: the one source of names, defaults and meanings, in the order of the
 * documentation. The name of a constant is the name of the environment variable.
 */
@SuppressWarnings("ImmutableEnumChecker") // Functions without state, and a record of an Optional<String>.
public enum Variable {
    GATEWAY_API_SECRET(
            GatewayConfig::apiSecret,
            Fallback.derived("required, unless GATEWAY_API_SECRET_FILE is set"),
            "the secret shared with the API, at least 16 printable ASCII characters; taken literally"),
    GATEWAY_API_SECRET_FILE(
            GatewayConfig::apiSecretFile,
            Fallback.derived("none"),
            "file that holds the secret instead; read again when its content changes"),
    GATEWAY_API_SECRET_OVERLAP(
            GatewayConfig::apiSecretOverlap,
            Fallback.of("10m"),
            "how long the old secret is still accepted after the file changed"),
    GATEWAY_API_SECRET_WEAK(
            GatewayConfig::apiSecretWeak,
            Fallback.of("false"),
            "`true`: a secret of fewer than 16 characters is accepted, with a warning; placeholders never are"),
    GATEWAY_GRPC_HOST(GatewayConfig::grpcHost, Fallback.of("0.0.0.0"), "IPv4 address that gRPC listens on"),
    GATEWAY_GRPC_PORT(GatewayConfig::grpcPort, Fallback.of("1537"), "TCP port of gRPC"),
    GATEWAY_GRPC_IDLE_TIMEOUT(
            GatewayConfig::grpcIdleTimeout,
            Fallback.of("10m"),
            "when a connection that carries no call is ended, whatever PINGs it sends; 1s to 365d; see below"),
    GATEWAY_GRPC_MAX_CONNECTIONS(
            GatewayConfig::grpcMaxConnections,
            Fallback.of("2048"),
            "connections at once, half of them at most from one address; fewer where the process may not have that many file"
                    + " descriptors; 16 to 1000000; see below"),
    GATEWAY_GRPC_MAX_UNAUTHENTICATED(
            GatewayConfig::grpcMaxUnauthenticated,
            Fallback.of("256"),
            "of them, those of addresses that have not shown the secret within an hour; a quarter of that many may come from"
                    + " one address; never more than half of all; 4 to 1000000"),
    GATEWAY_GRPC_SECRET_TIMEOUT(
            GatewayConfig::grpcSecretTimeout,
            Fallback.of("10s"),
            "when a connection is ended that has not shown the secret; 2s to 1h; see below"),
    GATEWAY_CORS_ORIGINS(
            GatewayConfig::corsOrigins,
            Fallback.derived("none"),
            "web pages that may call (Connect and gRPC-Web): origins as browsers send them, such as"
                    + " https://panel.example,http://localhost:5173; they still need the secret"),
    GATEWAY_METRICS_HOST(
            GatewayConfig::metricsHost, Fallback.of("0.0.0.0"), "IPv4 address that health and metrics listen on"),
    GATEWAY_METRICS_PORT(GatewayConfig::metricsPort, Fallback.of("9091"), "TCP port of health and metrics"),
    GATEWAY_METRICS_ALLOWED_SOURCES(
            GatewayConfig::metricsAllowedSources,
            Fallback.derived("private networks (RFC 1918, 6598, 3927) other than that of the VPSs"),
            "networks that may ask for health and metrics besides this host itself, such as 10.20.0.0/16,198.51.100.7;"
                    + " 0.0.0.0/0: everybody; see below"),
    GATEWAY_DHCP_MODE(
            config -> config.dhcp().mode(),
            Fallback.of("full"),
            "`full`: DHCP and DNS; `dns-only`: no DHCP, DNS on GATEWAY_DHCP_LISTEN_IP, needs no privileges"),
    GATEWAY_DHCP_POOL_START(
            config -> config.dhcp().poolStart(),
            Fallback.required(),
            "first address given to VPSs, such as 10.15.3.20; inside the subnet"),
    GATEWAY_DHCP_POOL_END(
            config -> config.dhcp().poolEnd(),
            Fallback.required(),
            "last address given to VPSs, such as 10.15.3.199; inside the subnet; the pool has at most 65,536 addresses"),
    GATEWAY_DHCP_POOL_SHARE(
            config -> config.dhcp().poolShare(),
            Fallback.of("1/1"),
            "the part of the pool that this gateway chooses from, where several have it in common: `2/3` is the second of three"
                    + " equal parts; see below"),
    GATEWAY_DHCP_SUBNET(
            config -> config.dhcp().subnet(),
            Fallback.derived("from GATEWAY_DHCP_GATEWAY and GATEWAY_DHCP_SUBNET_MASK"),
            "network address, such as 10.15.3.0 or 10.15.3.0/24"),
    GATEWAY_DHCP_SUBNET_MASK(
            config -> config.dhcp().subnetMask(),
            Fallback.required(),
            "mask such as 255.255.255.0, or prefix length such as 24"),
    GATEWAY_DHCP_GATEWAY(
            config -> config.dhcp().gateway(), Fallback.required(), "router given to VPSs, such as 10.15.3.1"),
    GATEWAY_DHCP_INTERFACE(
            config -> config.dhcp().networkInterface(),
            Fallback.required(),
            "network interface to serve, such as vmbr1; it may appear after the start"),
    GATEWAY_DHCP_LISTEN_IP(
            config -> config.dhcp().listenIp(),
            Fallback.derived("the interface's address in the subnet; required in mode `dns-only`"),
            "this gateway's own address on the interface"),
    GATEWAY_DHCP_DNS(
            config -> config.dhcp().dns(),
            Fallback.of("1.1.1.1,1.0.0.1"),
            "upstream resolvers: IPv4 addresses separated by commas"),
    GATEWAY_DHCP_ADVERTISE_DNS(
            config -> config.dhcp().advertiseDns(),
            Fallback.of("both"),
            "resolvers given to VPSs: `both` (this gateway first, then upstream), `gateway` or `upstream`"),
    GATEWAY_DHCP_DOMAIN(
            config -> config.dhcp().domain(),
            Fallback.of("vps.local"),
            "domain of the VPSs' names; `vps.internal` is better for new networks, see below"),
    GATEWAY_DHCP_LEASE_TIME(
            config -> config.dhcp().leaseTime(), Fallback.of("1h"), "how long a DHCP lease lasts; 2m to 365d"),
    GATEWAY_DHCP_LEASES_DIR(
            config -> config.dhcp().leasesDir(),
            Fallback.of("/var/lib/obiente/vps-gateway"),
            "state directory; an absolute path"),
    GATEWAY_DHCP_QUARANTINE(
            config -> config.dhcp().quarantine(),
            Fallback.derived("the lease time"),
            "how long a released address is leased to no unknown client, and counts as quarantined. Whatever it says,"
                    + " VPSs get addresses that were never used first, then those released longest ago"),
    GATEWAY_DHCP_UNKNOWN_CLIENTS(
            config -> config.dhcp().unknownClients(),
            Fallback.of("resolve"),
            "what becomes of a MAC without reservation, once the API has said whose it is: `resolve` (a VPS that has an"
                    + " address here gets it), `adopt` (any VPS gets one; only where this is the network's one gateway) or"
                    + " `serve` (the same, and any client leases an address meanwhile)"),
    GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC(
            config -> config.dhcp().allowSharedDynamic(),
            Fallback.of("false"),
            "`true`: `serve` is allowed although GATEWAY_DHCP_LISTEN_IP is not the router, which speaks of other gateways"
                    + " on the network; see below"),
    GATEWAY_DNS_PORT(
            GatewayConfig::dnsPort, Fallback.of("53"), "port of DNS; VPSs ask 53, anything else is for development"),
    GATEWAY_DNS_RATE(
            GatewayConfig::dnsRate,
            Fallback.of("100"),
            "DNS questions a second that one VPS may ask this gateway for long; what is above is dropped by the kernel, and so"
                    + " is what one VPS sends too much of by TCP and DHCP; 10 to 100000, `0`: no limits; see below"),
    GATEWAY_DNS_BURST(
            GatewayConfig::dnsBurst,
            Fallback.of("500"),
            "how many of them it may ask at once after a pause; 10 to 100000"),
    GATEWAY_RECONCILE_INTERVAL(
            GatewayConfig::reconcileInterval,
            Fallback.of("30s"),
            "within which a difference between allocations, files, kernel rules and leases is found and repaired; at least 1s"),
    GATEWAY_SYNC_GRACE(
            GatewayConfig::syncGrace,
            Fallback.of("15m"),
            "for how long every API instance's lists must leave an allocation out before it is released, if nobody uses it;"
                    + " what a call has given is kept for as long against lists that do not have it yet; 1s to 7d"),
    GATEWAY_RECLAIM_AFTER(
            GatewayConfig::reclaimAfter,
            Fallback.derived("never"),
            "when no other address is free, the one is given away whose VPS was not seen using it for longest, and for at"
                    + " least this long, if it does not answer ARP either: the API never releases the addresses of deleted"
                    + " VPSs; 1d to 3650d"),
    GATEWAY_SEGMENT_CHECK_INTERVAL(
            GatewayConfig::segmentCheckInterval,
            Fallback.of("5m"),
            "how often other DHCP servers are looked for on the VPSs' network, and within which (a minute at most) the"
                    + " addresses that are given next are asked for; `0s`: never, and VPSs with a fixed address are not protected;"
                    + " else up to 1d; see below"),
    GATEWAY_OUTBOUND_IP(
            config -> config.outbound().ip(),
            Fallback.derived("none: the source of VPSs' traffic is left as it is"),
            "source address of all that leaves the VPSs' network (SNAT); an address of this host"),
    GATEWAY_OUTBOUND_INTERFACE(
            config -> config.outbound().networkInterface(),
            Fallback.derived("the interface of the default route, followed when it changes"),
            "interface on which the source is changed to GATEWAY_OUTBOUND_IP"),
    GATEWAY_MANAGE_SYSCTL(
            GatewayConfig::manageSysctl,
            Fallback.of("false"),
            "`true`: the gateway sets net.ipv4.ip_forward where it is off; `false`: it warns"),
    GATEWAY_KEEP_RULES(
            GatewayConfig::keepRules,
            Fallback.of("false"),
            "`true`: SNAT stays when the gateway stops, for restarts without a gap; `false`: it is removed"),
    GATEWAY_GUARD_PRIVATE(
            config -> config.guard().privateAddresses(),
            Fallback.of("false"),
            "`true`: the kernel also pins private addresses to their MACs, not public ones only"),
    GATEWAY_GUARD_BRIDGE(
            config -> config.guard().bridge(),
            Fallback.derived("none"),
            "bridge of this host, such as vmbr1, on which frames between VPSs are checked too"),
    GATEWAY_EVENT_DAYS(
            GatewayConfig::eventDays,
            Fallback.of("365"),
            "how many days the history of allocations (`events` in ipam.sqlite) is kept; 30 to 3650"),
    GATEWAY_SSH_ALLOWED_TARGETS(
            config -> config.ssh().allowedTargets(),
            Fallback.derived("none"),
            "networks that ProxySSH may reach besides the VPSs, such as 10.20.0.0/16,192.0.2.7; of these only the port is checked"),
    GATEWAY_SSH_ALLOWED_PORTS(
            config -> config.ssh().allowedPorts(),
            Fallback.of("22"),
            "ports that ProxySSH may reach, with ranges, such as 22,2200-2299"),
    GATEWAY_SSH_MAX_CONNECTIONS(
            config -> config.ssh().maxConnections(), Fallback.of("10000"), "SSH connections at once"),
    GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM(
            config -> config.ssh().maxConnectionsPerStream(),
            Fallback.of("256"),
            "SSH connections at once on one ProxySSH stream"),
    GATEWAY_SSH_MAX_DIALS(
            config -> config.ssh().maxDials(), Fallback.of("256"), "SSH connections that are being made at once"),
    GATEWAY_SSH_MAX_BUFFER(
            config -> config.ssh().maxBuffer(),
            Fallback.of("64MiB"),
            "bytes that all SSH connections together may hold in the gateway; beyond, each holds one piece at most"),
    GATEWAY_SSH_STALL(
            config -> config.ssh().stall(),
            Fallback.of("5s"),
            "how long a VPS that does not read may hold back the other connections of its stream; 1s to 1h"),
    GATEWAY_SSH_IDLE_TIMEOUT(
            config -> config.ssh().idleTimeout(),
            Fallback.of("12h"),
            "when an SSH connection without traffic is ended; `off`, or 1s to 365d; see below"),
    GATEWAY_SSH_KEEPALIVE(
            config -> config.ssh().keepalive(),
            Fallback.of("60s"),
            "silence after which a VPS is probed (TCP keepalive); without an answer for as long again, or with bytes not acknowledged for so long (TCP_USER_TIMEOUT), it is given up; 6s to 1h"),
    GATEWAY_SSH_DRAIN(
            config -> config.ssh().drain(),
            Fallback.of("20s"),
            "how long SSH connections go on after the gateway was told to stop; 0s to 1h"),
    GATEWAY_SSH_RECORD_DAYS(
            config -> config.ssh().recordDays(), Fallback.of("30"), "how many days records of SSH sessions are kept"),
    GATEWAY_SSH_BASTION_PORT(
            config -> config.ssh().bastionPort(),
            Fallback.derived("none: no bastion"),
            "TCP port of the bastion, for `ssh -J`, such as 2222"),
    GATEWAY_SSH_BASTION_HOST(
            config -> config.ssh().bastionHost(), Fallback.of("0.0.0.0"), "address that the bastion listens on"),
    GATEWAY_SSH_AUTHORIZED_KEYS(
            config -> config.ssh().authorizedKeys(),
            Fallback.derived("required with GATEWAY_SSH_BASTION_PORT"),
            "file of the keys that may log in to the bastion, in OpenSSH's format; read again when its content changes"),
    GATEWAY_SSH_HOST_KEY_FILE(
            config -> config.ssh().hostKeyFile(),
            Fallback.derived("one that is made in the state directory"),
            "file of the bastion's ed25519 host key, in OpenSSH's format, without a passphrase"),
    GATEWAY_SSH_BASTION_MAX_CONNECTIONS(
            config -> config.ssh().bastionMaxConnections(),
            Fallback.of("1000"),
            "SSH clients at once; the connections to VPSs that they have are counted by GATEWAY_SSH_MAX_CONNECTIONS"),
    GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED(
            config -> config.ssh().bastionMaxUnauthenticated(),
            Fallback.of("100"),
            "of them, those that have not logged in; a tenth of that many may come from one address"),
    GATEWAY_SSH_BASTION_LOGIN_GRACE(
            config -> config.ssh().bastionLoginGrace(),
            Fallback.of("30s"),
            "how long a client may take to log in; 1s to 10m"),
    GATEWAY_SSH_BASTION_REST(
            config -> config.ssh().bastionRest(),
            Fallback.of("10m"),
            "how long an address is refused after six failed logins; 0s (never) to 1d"),
    LOG_LEVEL(
            GatewayConfig::logLevel,
            Fallback.of("info"),
            "`trace`, `debug`, `info`, `warn` (or `warning`) or `error`; `debug` shows what the gateway decides, `trace` the frameworks' messages, too");

    private final Function<GatewayConfig, Optional<String>> text;
    private final Fallback fallback;
    private final String meaning;

    Variable(Function<GatewayConfig, Optional<String>> text, Fallback fallback, String meaning) {
        this.text = text;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    /** What the operator wrote; empty when nothing, or only white space. */
    public Optional<String> textIn(GatewayConfig config) {
        return text.apply(config).filter(written -> !written.isBlank());
    }

    public Fallback fallback() {
        return fallback;
    }

    /** Meaning and form, one line of Markdown. */
    public String meaning() {
        return meaning;
    }

    /**
     * What holds when a variable is not set.
     *
     * @param value the text used instead; empty when there is none
     * @param isRequired whether the start is refused
     * @param description for the documentation
     */
    public record Fallback(Optional<String> value, boolean isRequired, String description) {
        private static Fallback of(String value) {
            return new Fallback(Optional.of(value), false, "`" + value + "`");
        }

        private static Fallback required() {
            return new Fallback(Optional.empty(), true, "required");
        }

        private static Fallback derived(String description) {
            return new Fallback(Optional.empty(), false, description);
        }
    }
}
