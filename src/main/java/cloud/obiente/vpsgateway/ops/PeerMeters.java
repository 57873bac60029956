package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.connections.PeerAddresses;
import cloud.obiente.vpsgateway.connections.PeerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The series of what addresses do at one port without the secret. Owns the meters; any thread. */
public final class PeerMeters implements PeerListener {
    private final MeterRegistry registry;
    private final String port;
    private final Map<Failure, Counter> failures = new EnumMap<>(Failure.class);
    private final Counter bans;

    /** @param port whose label it is */
    public PeerMeters(MeterRegistry registry, String port) {
        this.registry = registry;
        this.port = port;
        for (Failure failure : Failure.values()) {
            failures.put(
                    failure,
                    Counter.builder("vps_gateway_secret_failures")
                            .description("Calls that did not present the secret")
                            .tag("port", port)
                            .tag("kind", failure.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        bans = Counter.builder("vps_gateway_bans")
                .description(
                        "Addresses that were told to wait: too many calls without the secret, frames or connections")
                .tag("port", port)
                .register(registry);
    }

    /** @param addresses those that it is told of */
    public void watch(PeerAddresses addresses) {
        Gauge.builder("vps_gateway_banned_addresses", addresses, PeerAddresses::banned)
                .description("Addresses that have to wait")
                .tag("port", port)
                .register(registry);
    }

    @Override
    public void failed(Failure failure) {
        failures.get(failure).increment();
    }

    @Override
    public void banned() {
        bans.increment();
    }
}
