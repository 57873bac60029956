package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqFault;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqListener;
import cloud.obiente.vpsgateway.dnsmasq.Limit;
import cloud.obiente.vpsgateway.dnsmasq.UpstreamWatch;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseListener;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.dnsmasq.lease.SkippedLine;
import cloud.obiente.vpsgateway.hostnet.snat.SnatKeeper;
import cloud.obiente.vpsgateway.hostnet.snat.SnatListener;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.reconcile.Reconciler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** The meters of the whole gateway, fed by the layers below. Thread-safe, because the registry is. */
public final class GatewayMeters implements DnsmasqListener, LeaseListener, Reconciler.RepairListener, SnatListener {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(1),
        Duration.ofMillis(5),
        Duration.ofMillis(20),
        Duration.ofMillis(100),
        Duration.ofMillis(500),
        Duration.ofSeconds(2),
        Duration.ofSeconds(10)
    };

    private final MeterRegistry registry;
    private final Timer reloads;
    private final Timer commits;
    private final Counter failedCommits;
    private final Counter declines;
    private final Counter unknownClients;
    private final Counter complaints;
    private final Counter endedLeases;
    private final Counter unverifiedEndings;
    private final Counter skippedLines;

    public GatewayMeters(MeterRegistry registry) {
        this.registry = registry;
        this.reloads = timer("vps_gateway_dhcp_reload", "From the signal to dnsmasq's confirmation");
        this.commits = timer("vps_gateway_store_commit", "One durable commit, shared by concurrent callers");
        this.failedCommits = counter("vps_gateway_store_commit_failures", "Commits that failed and were taken back");
        this.declines =
                counter("vps_gateway_dhcp_declines", "DHCPDECLINEs, forged ones included, followed by a reload");
        this.unknownClients =
                counter("vps_gateway_dhcp_unknown_clients", "DHCP requests of MACs that have no reservation");
        this.complaints = counter(
                "vps_gateway_dhcp_server_complaints", "Lines of dnsmasq's log that are no news of ordinary work");
        this.endedLeases = counter("vps_gateway_dhcp_leases_ended", "Leases that we ended and saw gone");
        this.unverifiedEndings =
                counter("vps_gateway_dhcp_lease_endings_unverified", "Endings that could not be seen in time");
        this.skippedLines =
                counter("vps_gateway_dhcp_lease_lines_skipped", "Lines of the lease file that made no sense");
        for (DnsmasqFault.Kind kind : DnsmasqFault.Kind.values()) {
            restarts(kind);
        }
        for (Limit limit : Limit.values()) {
            limits(limit);
        }
        for (Reconciler.Repair repair : Reconciler.Repair.values()) {
            repairs(repair);
        }
    }

    /** Registers what is read at each scrape. */
    public void watch(Ipam ipam, Dnsmasq dnsmasq, LeaseWatcher leases, Clock clock) {
        Instant started = clock.instant();
        gauge("vps_gateway_dhcp_pool_size", "Addresses that can be handed out, held or not", () -> ipam.snapshot()
                .poolSize());
        gauge("vps_gateway_dhcp_pool_available", "Addresses that can be handed out now", () -> ipam.snapshot()
                .poolAvailable());
        gauge("vps_gateway_dhcp_quarantined", "Released addresses that still rest", () -> ipam.snapshot()
                .quarantined(clock.instant()));
        gauge("vps_gateway_dhcp_leases", "Addresses that VPSs have fetched", () -> leases.latest()
                .live(clock.instant())
                .size());
        gauge(
                "vps_gateway_dhcp_server_status",
                "1 while DHCP is served",
                () -> dnsmasq.servesDhcp() && dnsmasq.status().serving() ? 1 : 0);
        gauge(
                "vps_gateway_uptime_seconds",
                "Since the start",
                () -> Duration.between(started, clock.instant()).toMillis() / 1000.0);
    }

    /** What runs here, for joins in queries. */
    public void describe(String version) {
        Gauge.builder("vps_gateway_build_info", () -> 1)
                .description("Always 1; what runs here is in the labels")
                .tag("version", version)
                .tag("java", Runtime.version().toString())
                .register(registry);
    }

    /** Registers what is read at each scrape about upstream resolvers. */
    public void watch(UpstreamWatch upstream) {
        gauge(
                "vps_gateway_dns_upstreams_failing",
                "Upstream resolvers that do not answer, or are the gateway itself",
                () -> upstream.status().values().stream()
                        .filter(Optional::isPresent)
                        .count());
    }

    /** Registers what is read at each scrape about the outbound address. */
    public void watch(SnatKeeper snat) {
        gauge(
                "vps_gateway_snat_status",
                "1 while what leaves the VPSs' network has the outbound address",
                () -> snat.isWanted() && snat.fault().isEmpty() ? 1 : 0);
        gauge("vps_gateway_snat_wanted", "1 where an outbound address is set", () -> snat.isWanted() ? 1 : 0);
    }

    /** A commit that took this long. */
    public void committed(Duration took) {
        commits.record(took);
    }

    public void commitFailed() {
        failedCommits.increment();
    }

    @Override
    public void reloaded(Duration took) {
        reloads.record(took);
    }

    @Override
    public void restarting(DnsmasqFault cause) {
        restarts(cause.kind()).increment();
    }

    @Override
    public void declined(Ipv4Address address, MacAddress mac) {
        declines.increment();
    }

    @Override
    public void unknownClient(MacAddress mac) {
        unknownClients.increment();
    }

    @Override
    public void complained() {
        complaints.increment();
    }

    @Override
    public void limitReached(Limit limit) {
        limits(limit).increment();
    }

    @Override
    public void leaseEnded(Lease lease) {
        endedLeases.increment();
    }

    @Override
    public void releaseUnconfirmed(ReleaseResult.Unconfirmed result) {
        unverifiedEndings.increment();
    }

    @Override
    public void lineSkipped(SkippedLine line) {
        skippedLines.increment();
    }

    @Override
    public void repaired(Reconciler.Repair repair) {
        repairs(repair).increment();
    }

    @Override
    public void snatRepaired() {
        repaired(Reconciler.Repair.SNAT);
    }

    private Counter restarts(DnsmasqFault.Kind kind) {
        return Counter.builder("vps_gateway_dhcp_server_restarts")
                .description("Starts of dnsmasq after it died or was ended")
                .tag("cause", kind.label())
                .register(registry);
    }

    private Counter limits(Limit limit) {
        return Counter.builder("vps_gateway_dhcp_server_limits_reached")
                .description("How often dnsmasq said that there was not enough of something")
                .tag("limit", limit.label())
                .register(registry);
    }

    private Counter repairs(Reconciler.Repair repair) {
        return Counter.builder("vps_gateway_repairs")
                .description("Differences that the reconciler found and repaired")
                .tag("what", repair.name().toLowerCase(Locale.ROOT))
                .register(registry);
    }

    private Counter counter(String name, String description) {
        return Counter.builder(name).description(description).register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder(name)
                .description(description)
                .serviceLevelObjectives(BUCKETS)
                .register(registry);
    }

    private void gauge(String name, String description, java.util.function.Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }
}
