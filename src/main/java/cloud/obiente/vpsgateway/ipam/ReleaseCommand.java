package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Optional;

/**
 * Takes the private address from a VPS. Answers with the one allocation that has ended.
 *
 * @param address only this one; empty means whichever it has
 */
public record ReleaseCommand(VpsId vps, Optional<Ipv4Address> address)
        implements PrivateAddressCommand<List<Allocation>> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.RELEASE;
    }

    @Override
    public Decision<List<Allocation>> decision() {
        return new ReleaseDecision(this);
    }
}
