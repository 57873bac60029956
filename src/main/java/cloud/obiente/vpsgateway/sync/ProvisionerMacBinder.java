package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.apilink.MacBinder;
import cloud.obiente.vpsgateway.ipam.AdoptCommand;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import java.util.concurrent.CompletionStage;

/** Carries what the API answered about a MAC from decision to effect, as every other change. Any thread. */
public record ProvisionerMacBinder(Provisioner provisioner) implements MacBinder {
    private static final Caller CALLER = Caller.of("self-healing");

    @Override
    public CompletionStage<Outcome<Allocation>> rebind(RebindCommand command) {
        return provisioner.submit(CALLER, command, Cancellation.NONE).thenApply(ProvisionResult::outcome);
    }

    @Override
    public CompletionStage<Outcome<Allocation>> allocate(AllocateCommand command) {
        return provisioner
                .submit(CALLER, new AdoptCommand(command), Cancellation.NONE)
                .thenApply(ProvisionResult::outcome);
    }
}
