package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.ssh.bastion.BastionListener;
import cloud.obiente.vpsgateway.ssh.bastion.ConnectionAdmission;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** The series of the bastion, at zero where there is none. Owns the meters; any thread. */
public final class BastionMeters implements BastionListener {
    private static final String PREFIX = "vps_gateway_ssh_bastion_";

    private final Counter loggedIn;
    private final Counter failed;
    private final Map<ConnectionAdmission.AdmissionRefusal, Counter> refused =
            new EnumMap<>(ConnectionAdmission.AdmissionRefusal.class);

    public BastionMeters(MeterRegistry registry, ConnectionAdmission admission) {
        loggedIn = logins(registry, "accepted");
        failed = logins(registry, "failed");
        for (ConnectionAdmission.AdmissionRefusal why : ConnectionAdmission.AdmissionRefusal.values()) {
            refused.put(
                    why,
                    Counter.builder(PREFIX + "refusals")
                            .description("SSH clients that were refused before they could say anything")
                            .tag("reason", why.name().toLowerCase(Locale.ROOT))
                            .register(registry));
        }
        Gauge.builder(PREFIX + "clients", admission, ConnectionAdmission::connections)
                .description("SSH clients that are connected to the bastion")
                .register(registry);
        Gauge.builder(PREFIX + "resting_addresses", admission, ConnectionAdmission::bans)
                .description("Addresses that are refused for their failed logins")
                .register(registry);
    }

    private static Counter logins(MeterRegistry registry, String result) {
        return Counter.builder(PREFIX + "logins")
                .description("Clients that tried to log in to the bastion")
                .tag("result", result)
                .register(registry);
    }

    @Override
    public void loggedIn() {
        loggedIn.increment();
    }

    @Override
    public void loginFailed() {
        failed.increment();
    }

    @Override
    public void refused(ConnectionAdmission.AdmissionRefusal why) {
        refused.get(why).increment();
    }
}
