package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/**
 * Gives a VPS its private address; repeating it gives the same address.
 *
 * @param organization unknown keeps what is known
 * @param mac binds the address to this NIC; empty keeps the binding
 * @param preferred the address to give when the VPS has none yet
 */
public record AllocateCommand(
        VpsId vps, OrganizationId organization, Optional<MacAddress> mac, Optional<Ipv4Address> preferred)
        implements PrivateAddressCommand<Allocation> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.ALLOCATE;
    }

    @Override
    public Decision<Allocation> decision() {
        return new AllocateDecision(this);
    }
}
