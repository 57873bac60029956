package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Optional;

/** Ends the private allocation that has all the given features, at least one; answers with the one that has ended. */
public record UnbindCommand(Optional<VpsId> vps, Optional<MacAddress> mac, Optional<Ipv4Address> address)
        implements PrivateAddressCommand<List<Allocation>> {

    /** @throws IllegalArgumentException when nothing is given */
    public UnbindCommand {
        if (vps.isEmpty() && mac.isEmpty() && address.isEmpty()) {
            throw new IllegalArgumentException("nothing to unbind (expected: a VPS, a MAC or an address)");
        }
    }

    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.UNBIND;
    }

    @Override
    public Decision<List<Allocation>> decision() {
        return new UnbindDecision(this);
    }
}
