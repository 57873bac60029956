package cloud.obiente.vpsgateway.ipam;

/**
 * Something that is asked of the addresses of this node, for {@link Ipam#submit}. A value: the same command may be submitted
 * again.
 *
 * @param <T> what the caller is told when it was done
 */
public sealed interface Command<T>
        permits PrivateAddressCommand, AssignPublicCommand, ReleasePublicCommand, RevertCommand {

    /** What the changes are called in the audit trail. */
    AuditEvent.Action action();

    /** What it does to a state. */
    Decision<T> decision();
}
