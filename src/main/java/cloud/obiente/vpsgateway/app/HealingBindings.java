package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.Bindings;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Origin;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.reconcile.Provisioned;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What the healer decides goes the way of every other change, from decision to effect. */
record HealingBindings(Provisioner provisioner) implements Bindings {
    private static final Caller HEALER = Caller.of("self-healing");
    /** For how long an adoption may have gone unreported before the gateway was started anew. */
    private static final Duration UNREPORTED = Duration.ofDays(1);

    /** What was adopted lately, by an earlier run. */
    static List<Allocation> adopted(List<Origin> origins, Instant now) {
        return origins.stream()
                .filter(origin -> origin.caller().equals(HEALER))
                .map(Origin::allocation)
                .filter(allocation -> allocation.allocatedAt().isAfter(now.minus(UNREPORTED)))
                .toList();
    }

    @Override
    public CompletionStage<Outcome<Allocation>> rebind(RebindCommand command) {
        return provisioner.rebind(HEALER, command, Cancellation.NONE).thenApply(Provisioned::outcome);
    }

    @Override
    public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
        return provisioner.allocate(HEALER, command, Cancellation.NONE).thenApply(Provisioned::outcome);
    }
}
