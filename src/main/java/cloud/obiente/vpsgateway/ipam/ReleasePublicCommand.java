package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Optional;

/**
 * Ends the public allocation of an address, if it has all the given features. Answers with the one that has ended.
 *
 * @param vps empty means any holder
 * @param mac empty means whichever NIC it is for
 */
public record ReleasePublicCommand(Ipv4Address address, Optional<VpsId> vps, Optional<MacAddress> mac)
        implements Command<List<Allocation>> {
    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.RELEASE;
    }

    @Override
    public Decision<List<Allocation>> decision() {
        return new ReleasePublicDecision(this);
    }
}
