package cloud.obiente.vpsgateway.ipam;

/** The same as an allocation, for a VPS of which the API has said, asked by this gateway, that a MAC is its own. */
public record AdoptCommand(AllocateCommand allocation) implements PrivateAddressCommand<Allocation> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.ADOPT;
    }

    @Override
    public Decision<Allocation> decision() {
        return allocation.decision();
    }
}
