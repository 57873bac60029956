package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.platform.ServiceHealth;
import grpc.health.v1.HealthOuterClass.HealthCheckResponse.ServingStatus;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code grpc.health.v1}: a status each for {@code dhcp}, {@code dns}, {@code ipam} and the server as a whole. Owns what
 * was told last, guarded by its monitor, so that watchers hear of changes only.
 */
@ApplicationScoped
public class GrpcHealth {
    private final ServiceHealth services;
    private final Map<String, Boolean> told = new HashMap<>();
    private boolean draining;

    GrpcHealth(ServiceHealth services) {
        this.services = services;
    }

    /** Tells how things are; call it when something may have changed. */
    public void update(Ipam ipam, Dnsmasq dnsmasq) {
        boolean dns = dnsmasq.status().serving();
        update(ipam.isRunning(), dns && dnsmasq.servesDhcp(), dns);
    }

    synchronized void update(boolean ipam, boolean dhcp, boolean dns) {
        if (draining) {
            return;
        }
        tell("ipam", ipam);
        tell("dns", dns);
        tell("dhcp", dhcp);
        tell(ServiceHealth.SERVER, dns && ipam);
    }

    /** The gateway is shutting down: from now on nothing serves, whatever still runs and is updated. */
    public synchronized void drain() {
        draining = true;
        told.keySet().forEach(service -> services.set(service, ServingStatus.NOT_SERVING));
        told.replaceAll((service, serving) -> false);
    }

    private void tell(String service, boolean serving) {
        if (!Boolean.valueOf(serving).equals(told.put(service, serving))) {
            services.set(service, serving ? ServingStatus.SERVING : ServingStatus.NOT_SERVING);
        }
    }
}
