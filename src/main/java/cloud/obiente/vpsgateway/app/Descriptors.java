package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The budget of file descriptors that this process started with. Immutable. */
@Singleton
class Descriptors {
    private static final Logger LOG = Logger.getLogger(Descriptors.class);

    private final DescriptorBudget budget;
    private final Optional<String> shortage;

    Descriptors(GatewaySettings settings) {
        DescriptorBudget.Wanted wanted = new DescriptorBudget.Wanted(
                settings.connections().max(),
                GatedPorts.MAX_MANAGEMENT,
                settings.bastion()
                        .map(bastion -> bastion.limits().connections())
                        .orElse(0),
                settings.ssh().limits().connections());
        budget = DescriptorBudget.of(FileDescriptorLimit.limit(), wanted);
        shortage = budget.shortage(wanted);
        shortage.ifPresent(LOG::warn);
    }

    DescriptorBudget budget() {
        return budget;
    }

    /** What is to be done about too few; empty when there are enough. */
    Optional<String> shortage() {
        return shortage;
    }

    /** As configured, with no more SSH connections than there can be. */
    SshSettings within(SshSettings wanted) {
        SshSettings.Limits limits = wanted.limits();
        return new SshSettings(
                wanted.allowedTargets(),
                wanted.allowedPorts(),
                new SshSettings.Limits(
                        Math.min(limits.connections(), budget.tunnels()),
                        limits.connectionsPerStream(),
                        limits.dials(),
                        limits.bufferBytes()),
                wanted.stall(),
                wanted.idleTimeout(),
                wanted.keepAlive(),
                wanted.drain(),
                wanted.recordDays());
    }

    /** As configured, with no more clients than there can be. */
    BastionSettings.Limits within(BastionSettings.Limits wanted) {
        return new BastionSettings.Limits(
                Math.min(wanted.connections(), budget.clients()),
                Math.min(wanted.unauthenticated(), Math.max(1, budget.clients() / 2)),
                wanted.unauthenticatedPerSource());
    }
}
