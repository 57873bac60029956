package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/**
 * Gives a VPS exactly this private address for exactly this NIC, moving it off the address that it has.
 *
 * @param organization unknown keeps what is known
 */
public record BindCommand(VpsId vps, OrganizationId organization, MacAddress mac, Ipv4Address address)
        implements PrivateAddressCommand<Allocation> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.BIND;
    }

    @Override
    public Decision<Allocation> decision() {
        return new BindDecision(this);
    }
}
