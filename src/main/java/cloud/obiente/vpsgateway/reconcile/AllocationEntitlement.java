package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The NIC of whoever holds an address may lease it.
 *
 * @param unknownMayBeAdopted then a lease of an address that nobody holds, by a MAC without an address, is a question to the
 *     API and no contradiction
 */
public record AllocationEntitlement(Supplier<IpamSnapshot> allocations, boolean unknownMayBeAdopted)
        implements LeaseEntitlement {

    @Override
    public Optional<MacAddress> at(Ipv4Address address) {
        return allocations.get().nicOf(address);
    }

    @Override
    public boolean isViolatedBy(Lease lease) {
        return !(unknownMayBeAdopted && isAdoptable(lease)) && LeaseEntitlement.super.isViolatedBy(lease);
    }

    private boolean isAdoptable(Lease lease) {
        IpamSnapshot state = allocations.get();
        return state.at(lease.address()).isEmpty() && state.ofMac(lease.mac()).isEmpty();
    }
}
