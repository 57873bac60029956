package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/**
 * Gives a VPS a public address for one NIC, beside all that it has; repeating it changes nothing.
 *
 * @param organization unknown keeps what is known
 */
public record AssignPublicCommand(VpsId vps, OrganizationId organization, MacAddress mac, Ipv4Address address)
        implements Command<Allocation> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.ALLOCATE;
    }

    @Override
    public Decision<Allocation> decision() {
        return new AssignPublicDecision(this);
    }
}
