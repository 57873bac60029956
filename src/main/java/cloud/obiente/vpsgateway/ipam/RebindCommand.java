package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.MacAddress;

/**
 * Gives the private address that a VPS has to another NIC. Refused where the VPS has none.
 *
 * @param organization unknown keeps what is known
 */
public record RebindCommand(VpsId vps, OrganizationId organization, MacAddress mac)
        implements PrivateAddressCommand<Allocation> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.BIND;
    }

    @Override
    public Decision<Allocation> decision() {
        return new RebindDecision(this);
    }
}
