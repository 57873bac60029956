package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseEntitlement;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;

/** Where MACs can be adopted, a lease of an address that nobody holds is a question to the API, not a contradiction. */
record AdoptingEntitlement(Ipam ipam) implements LeaseEntitlement {

    @Override
    public Optional<MacAddress> at(Ipv4Address address) {
        return ipam.snapshot().nicOf(address);
    }

    @Override
    public boolean isViolatedBy(Lease lease) {
        IpamSnapshot state = ipam.snapshot();
        boolean adoptable =
                state.at(lease.address()).isEmpty() && state.ofMac(lease.mac()).isEmpty();
        return !adoptable && LeaseEntitlement.super.isViolatedBy(lease);
    }
}
