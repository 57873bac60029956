package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/**
 * Undoes what a command did, all together, because it could not be made effective. Refused when another command has changed
 * one of the addresses since. Answers with the changes that it made.
 *
 * @param changes of one command
 */
public record RevertCommand(List<AllocationChange> changes) implements Command<List<AllocationChange>> {
    public RevertCommand {
        changes = List.copyOf(changes);
    }

    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.TAKE_BACK;
    }

    @Override
    public Decision<List<AllocationChange>> decision() {
        return new RevertDecision(changes);
    }
}
