package cloud.obiente.vpsgateway.reconcile;

import cloud.obiente.vpsgateway.dnsmasq.HostEntry;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What of the allocations dnsmasq serves: every private address; every lease that waits for the API's word, without a name;
 * and a public one where it lies in the network that is served and its NIC gets no other. A NIC can be given one address
 * only (of two lines dnsmasq takes the last), and the private one comes first: then the public address is for the VPS to set
 * by itself, as one outside of the network is.
 */
public final class HostEntries {
    private HostEntries() {}

    public static List<HostEntry> of(IpamSnapshot allocations, Subnet served) {
        List<HostEntry> entries = new ArrayList<>();
        Set<MacAddress> macs = new HashSet<>();
        Set<VpsId> named = new HashSet<>();
        for (Allocation allocation : allocations.all()) {
            if (allocation.isPrivate()) {
                entries.add(
                        new HostEntry(Optional.of(allocation.vps().label()), allocation.address(), allocation.mac()));
            } else if (isServable(allocation, served)
                    && allocation
                            .mac()
                            .filter(mac -> getsPublic(mac, allocations))
                            .filter(macs::add)
                            .isPresent()) {
                entries.add(
                        new HostEntry(nameOf(allocation, allocations, named), allocation.address(), allocation.mac()));
            }
        }
        allocations
                .unclaimed()
                .forEach(lease ->
                        entries.add(new HostEntry(Optional.empty(), lease.address(), Optional.of(lease.mac()))));
        return entries;
    }

    /** Whether the NIC gets a public address by DHCP; O(n). */
    public static boolean isServedPublicly(MacAddress mac, IpamSnapshot allocations, Subnet served) {
        return getsPublic(mac, allocations)
                && allocations.all().stream()
                        .filter(allocation -> isServable(allocation, served))
                        .anyMatch(allocation -> allocation.mac().equals(Optional.of(mac)));
    }

    private static boolean isServable(Allocation allocation, Subnet served) {
        return !allocation.isPrivate() && served.hosts().contains(allocation.address());
    }

    private static boolean getsPublic(MacAddress mac, IpamSnapshot allocations) {
        return allocations.ofMac(mac).isEmpty();
    }

    /** A name leads to one address, the private one where there is one. */
    private static Optional<DnsLabel> nameOf(Allocation allocation, IpamSnapshot allocations, Set<VpsId> named) {
        return allocations.privateOf(allocation.vps()).isEmpty() && named.add(allocation.vps())
                ? Optional.of(allocation.vps().label())
                : Optional.empty();
    }
}
