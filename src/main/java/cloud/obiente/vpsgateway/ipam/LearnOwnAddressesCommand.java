package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Set;

/**
 * Tells which addresses this host has on the segment: they are not handed out, and private allocations of them move to
 * others, because two hosts cannot have one address. Addresses that it had before, and has no more, are free again. Nothing
 * of it but the moves is stored.
 */
public record LearnOwnAddressesCommand(Set<Ipv4Address> addresses) implements PrivateAddressCommand<OwnAddressReport> {
    public LearnOwnAddressesCommand {
        addresses = Set.copyOf(addresses);
    }

    @Override
    public AuditEvent.Action action() {
        return AuditEvent.Action.MOVE;
    }

    @Override
    public Decision<OwnAddressReport> decision() {
        return new OwnAddressDecision(addresses);
    }
}
