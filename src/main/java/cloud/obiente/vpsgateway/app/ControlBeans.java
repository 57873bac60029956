package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.app.config.GatewayConfig;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.app.config.SettingsListing;
import cloud.obiente.vpsgateway.control.AddressListing;
import cloud.obiente.vpsgateway.control.ControlRouter;
import cloud.obiente.vpsgateway.control.EventListing;
import cloud.obiente.vpsgateway.control.Json;
import cloud.obiente.vpsgateway.control.OperatorActions;
import cloud.obiente.vpsgateway.control.SessionListing;
import cloud.obiente.vpsgateway.control.StatusReport;
import cloud.obiente.vpsgateway.control.UnknownListing;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseWatcher;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteHistory;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.ssh.sqlite.SessionHistory;
import io.smallrye.health.SmallRyeHealthReporter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Wires what the control socket answers. */
@Singleton
public class ControlBeans {
    @Produces
    @Singleton
    StatusReport statusReport(
            GatewaySettings settings,
            StateDirectory directory,
            Ipam ipam,
            LeaseWatcher leases,
            Dnsmasq dnsmasq,
            ApiLinkRegistry links,
            Tunnels tunnels,
            SmallRyeHealthReporter health,
            Clock clock,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("version", version);
        identity.put("pid", ProcessHandle.current().pid());
        identity.put("stateDirectory", directory.path().toString());
        identity.put(
                "mode",
                settings.dhcp().mode().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
        identity.put("interface", settings.dhcp().networkInterface());
        identity.put("grpc", settings.grpc());
        identity.put("metrics", settings.metrics());
        return new StatusReport(identity, ipam, leases, dnsmasq, links, tunnels, () -> readiness(health), clock);
    }

    private static Object readiness(SmallRyeHealthReporter health) {
        String payload = health.getReadiness().getPayload().toString();
        try {
            return Json.read(new ByteArrayInputStream(payload.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    @Produces
    @Singleton
    OperatorActions operatorActions(Provisioner provisioner, Tunnels tunnels) {
        return new OperatorActions(provisioner, tunnels);
    }

    @Produces
    @Singleton
    ControlRouter controlRouter(
            StateDirectory directory,
            StatusReport status,
            OperatorActions actions,
            Ipam ipam,
            LeaseWatcher leases,
            Tunnels tunnels,
            MacResolver macs,
            GatewayConfig config,
            Clock clock,
            @ConfigProperty(name = "quarkus.application.version") String version) {
        SessionHistory sessions = new SessionHistory(directory.path().resolve("ssh.sqlite"));
        return new ControlRouter(
                version,
                Map.of(
                        "status",
                        status,
                        "ips",
                        (request, operator) -> ips(ipam.snapshot(), leases, clock),
                        "leases",
                        (request, operator) -> AddressListing.ofLeases(
                                leases.latest(), lease -> ipam.snapshot().at(lease.address()), clock.instant()),
                        "sessions",
                        SessionListing.handler(tunnels.live(), sessions),
                        "events",
                        new EventListing(new SqliteHistory(directory.path().resolve("ipam.sqlite"))),
                        "unknown",
                        (request, operator) -> UnknownListing.of(macs),
                        "config",
                        (request, operator) ->
                                Map.of("settings", SettingsListing.of(variable -> variable.textIn(config), "set")),
                        "release",
                        actions::release,
                        "kill",
                        actions::kill));
    }

    private static Object ips(IpamSnapshot state, LeaseWatcher leases, Clock clock) {
        return AddressListing.ofAllocations(
                state.all(), held -> java.util.Optional.of(state.facts(held)), leases.latest(), clock.instant());
    }
}
