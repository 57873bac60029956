package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.app.config.HostNetworkSettings;
import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.guard.Guard;
import cloud.obiente.vpsgateway.hostnet.snat.Snat;
import cloud.obiente.vpsgateway.hostnet.snat.SnatSettings;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ops.GatewayMeters;
import cloud.obiente.vpsgateway.reconcile.Enforcement;
import cloud.obiente.vpsgateway.ssh.OwnAddresses;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What {@link Rooms} is, for what the host's kernel does. */
@Singleton
public class HostRooms {
    /** Listing ten thousand rules takes well under a second; longer means that somebody holds the tables' lock. */
    private static final Duration TOOL_PATIENCE = Duration.ofSeconds(5);

    @Produces
    @Singleton
    HostTools hostTools() {
        return new ChildTools(TOOL_PATIENCE);
    }

    @Produces
    @Singleton
    Snat snat(GatewaySettings settings, HostTools tools, OwnAddresses ownAddresses, GatewayMeters meters) {
        HostNetworkSettings host = settings.hostNetwork();
        Optional<SnatSettings> wanted = host.outboundIp()
                .map(source -> new SnatSettings(
                        source,
                        settings.dhcp().subnet(),
                        host.outboundInterface(),
                        host.manageSysctl(),
                        host.keepRules()));
        return new Snat(wanted, tools, ownAddresses, meters, settings.reconcileInterval());
    }

    @Produces
    @Singleton
    Guard guard() {
        return new AbsentGuard();
    }

    @Produces
    @Singleton
    Enforcement enforcement(GatewaySettings settings, Guard guard) {
        Set<Allocation.Kind> guarded = settings.hostNetwork().guardPrivate()
                ? EnumSet.allOf(Allocation.Kind.class)
                : EnumSet.of(Allocation.Kind.PUBLIC);
        return new Enforcement(guard, guarded);
    }
}
