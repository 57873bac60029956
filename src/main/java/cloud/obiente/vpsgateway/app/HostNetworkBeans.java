package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.DhcpSettings;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.app.config.HostNetworkSettings;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.InterfaceWatch;
import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.guard.AddressGuard;
import cloud.obiente.vpsgateway.hostnet.guard.GuardPlan;
import cloud.obiente.vpsgateway.hostnet.guard.GuardScope;
import cloud.obiente.vpsgateway.hostnet.guard.GuardSettings;
import cloud.obiente.vpsgateway.hostnet.limits.LimitSettings;
import cloud.obiente.vpsgateway.hostnet.limits.TrafficLimits;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentInterface;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentSettings;
import cloud.obiente.vpsgateway.hostnet.segment.SegmentWatch;
import cloud.obiente.vpsgateway.hostnet.snat.SnatKeeper;
import cloud.obiente.vpsgateway.hostnet.snat.SnatSettings;
import cloud.obiente.vpsgateway.hostnet.watch.RulesetWatch;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.ops.GuardMeters;
import cloud.obiente.vpsgateway.ops.LimitMeters;
import cloud.obiente.vpsgateway.ops.SegmentMeters;
import cloud.obiente.vpsgateway.reconcile.GuardEnforcement;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The beans of what the host's kernel does for us; rules as in {@link CoreBeans}. */
@Singleton
public class HostNetworkBeans {
    /** Listing ten thousand rules takes well under a second; longer means that somebody holds the tables' lock. */
    private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(5);
    /** So that what is known of an address is not much older than that when it is given. */
    private static final Duration MAX_ROUND_INTERVAL = Duration.ofMinutes(1);

    @Produces
    @Singleton
    HostTools hostTools() {
        return new ChildTools(TOOL_TIMEOUT);
    }

    @Produces
    @Singleton
    RulesetWatch rulesetWatch(SnatKeeper snat, AddressGuard guard) {
        return RulesetWatch.start(() -> ChildTools.find("nft"), List.of(snat, guard));
    }

    @Produces
    @Singleton
    SnatKeeper snat(GatewaySettings settings, HostTools tools, OwnAddresses ownAddresses, GatewayMeters meters) {
        HostNetworkSettings host = settings.hostNetwork();
        Optional<SnatSettings> wanted = host.outboundIp()
                .map(source -> new SnatSettings(
                        source,
                        settings.dhcp().subnet(),
                        host.outboundInterface(),
                        host.manageSysctl(),
                        host.keepRules()));
        return new SnatKeeper(wanted, tools, ownAddresses, meters, settings.checkInterval());
    }

    @Produces
    @Singleton
    GuardMeters guardMeters(MeterRegistry registry, GatewayMeters meters) {
        return new GuardMeters(registry, meters);
    }

    @Produces
    @Singleton
    AddressGuard guard(GatewaySettings settings, Ipam ipam, HostTools tools, GuardMeters meters, Clock clock) {
        HostNetworkSettings host = settings.hostNetwork();
        GuardScope scope = host.guardPrivate() ? GuardScope.PRIVATE_TOO : GuardScope.PUBLIC_ONLY;
        return new AddressGuard(
                new GuardSettings(scope, host.guardBridge(), settings.dhcp().networkInterface()),
                () -> GuardPlan.of(ipam.snapshot().all(), scope),
                tools,
                meters,
                clock);
    }

    @Produces
    @Singleton
    LimitMeters limitMeters(MeterRegistry registry, GatewayMeters meters) {
        return new LimitMeters(registry, meters);
    }

    @Produces
    @Singleton
    TrafficLimits trafficLimits(GatewaySettings settings, Ipam ipam, HostTools tools, LimitMeters meters, Clock clock) {
        DhcpSettings dhcp = settings.dhcp();
        // Without DHCP the gateway needs no privileges, and has none.
        Optional<LimitSettings> limits = settings.hostNetwork()
                .dnsLimit()
                .filter(wanted -> dhcp.mode() == DhcpMode.FULL)
                .map(limit -> new LimitSettings(dhcp.networkInterface(), dhcp.dnsPort(), limit.rate(), limit.burst()));
        return new TrafficLimits(limits, () -> vpssByMac(ipam.snapshot().all()), tools, meters, clock);
    }

    private static Map<MacAddress, VpsId> vpssByMac(List<Allocation> held) {
        Map<MacAddress, VpsId> vpss = new HashMap<>();
        held.forEach(allocation -> allocation.mac().ifPresent(mac -> vpss.put(mac, allocation.vps())));
        return vpss;
    }

    @Produces
    @Singleton
    SegmentMeters segmentMeters(MeterRegistry registry) {
        return new SegmentMeters(registry);
    }

    @Produces
    @Singleton
    SegmentWatch segmentWatch(
            GatewaySettings settings,
            InterfaceWatch interfaceWatch,
            Ipam ipam,
            HostTools tools,
            SegmentMeters meters,
            Clock clock) {
        DhcpSettings dhcp = settings.dhcp();
        Optional<Duration> interval =
                Optional.of(settings.segmentCheckInterval()).filter(wanted -> !wanted.isZero());
        return SegmentWatch.of(
                new SegmentSettings(
                        new SegmentInterface(dhcp.networkInterface(), interfaceWatch::candidates),
                        dhcp.subnet(),
                        HostName.read(),
                        dhcp.pool(),
                        dhcp.share(),
                        interval.map(HostNetworkBeans::atMostAMinute),
                        // Where DHCP is not ours, another server is what there should be.
                        interval.filter(wanted -> dhcp.mode() == DhcpMode.FULL)),
                ipam::snapshot,
                tools,
                meters,
                clock,
                new MonotonicClock(clock.instant()),
                new SecureRandom());
    }

    private static Duration atMostAMinute(Duration interval) {
        return interval.compareTo(MAX_ROUND_INTERVAL) < 0 ? interval : MAX_ROUND_INTERVAL;
    }

    @Produces
    @Singleton
    GuardEnforcement enforcement(GatewaySettings settings, AddressGuard guard) {
        HostNetworkSettings host = settings.hostNetwork();
        // On a bridge the NICs of all VPSs are known to the guard, because none may speak DHCP in another's name.
        Set<Allocation.Kind> guarded = host.guardPrivate() || host.guardBridge().isPresent()
                ? EnumSet.allOf(Allocation.Kind.class)
                : EnumSet.of(Allocation.Kind.PUBLIC);
        return new GuardEnforcement(guard, guarded);
    }
}
