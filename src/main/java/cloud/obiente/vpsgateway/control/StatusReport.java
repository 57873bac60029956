package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.ApiLinkStatus;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqFault;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** How the gateway is, in one tree. Any thread that may wait. */
public final class StatusReport implements ControlHandler {
    private final Map<String, Object> identity;
    private final Ipam ipam;
    private final LeaseWatcher leases;
    private final Dnsmasq dnsmasq;
    private final ApiLinkRegistry links;
    private final Tunnels tunnels;
    private final Supplier<Object> readiness;
    private final Clock clock;
    private final Instant started;

    /**
     * @param identity what this gateway is: version, process, place; stands in front
     * @param readiness what {@code /health/ready} says
     */
    public StatusReport(
            Map<String, Object> identity,
            Ipam ipam,
            LeaseWatcher leases,
            Dnsmasq dnsmasq,
            ApiLinkRegistry links,
            Tunnels tunnels,
            Supplier<Object> readiness,
            Clock clock) {
        this.identity = new LinkedHashMap<>(identity);
        this.ipam = ipam;
        this.leases = leases;
        this.dnsmasq = dnsmasq;
        this.links = links;
        this.tunnels = tunnels;
        this.readiness = readiness;
        this.clock = clock;
        this.started = clock.instant();
    }

    @Override
    public Object answer(ControlRequest request, String operator) {
        Instant now = clock.instant();
        Map<String, Object> tree = new LinkedHashMap<>(identity);
        tree.put("startedAt", started);
        tree.put("uptimeSeconds", Duration.between(started, now).toSeconds());
        tree.put("health", readiness.get());
        tree.put("pool", pool(now));
        tree.put("leases", leases.latest().live(now).size());
        tree.put("dnsmasq", dnsmasq());
        tree.put("api", links.status().links().stream().map(StatusReport::row).toList());
        tree.put("ssh", Map.of("connections", tunnels.connections(), "streams", tunnels.streams()));
        return tree;
    }

    private Map<String, Object> pool(Instant now) {
        IpamSnapshot state = ipam.snapshot();
        Map<String, Object> pool = new LinkedHashMap<>();
        pool.put("size", state.poolSize());
        pool.put("available", state.poolAvailable());
        pool.put("resting", state.quarantined(now));
        pool.put("private", state.allPrivate().size());
        pool.put("public", state.allPublic().size());
        pool.put("unclaimed", state.unclaimed().size());
        return pool;
    }

    private Map<String, Object> dnsmasq() {
        DnsmasqStatus status = dnsmasq.status();
        Map<String, Object> child = new LinkedHashMap<>();
        child.put("phase", status.phase().name().toLowerCase(Locale.ROOT));
        child.put("serving", status.serving());
        child.put("problem", status.fault().map(DnsmasqFault::describe));
        return child;
    }

    private static Map<String, Object> row(ApiLinkStatus.Member link) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("instance", link.instance());
        row.put("host", link.host());
        row.put("version", link.version());
        row.put("since", link.since());
        return row;
    }
}
