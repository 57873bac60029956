package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.apilink.Adoptions;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.DesiredAllocation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.SyncReport;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The API's list, as far as it can be read.
 *
 * @param desired entries that make sense by themselves
 * @param untouched VPSs whose entry makes none: they keep what they have
 * @param unreadable why, one line an entry
 */
record SyncList(List<DesiredAllocation> desired, Set<VpsId> untouched, List<String> unreadable) {

    /** @param ownAddresses those of this host, which can be nobody's public address */
    static SyncList read(
            List<cloud.obiente.vpsgateway.v1.DesiredAllocation> entries, Supplier<Set<Ipv4Address>> ownAddresses) {
        List<DesiredAllocation> desired = new ArrayList<>(entries.size());
        Set<VpsId> untouched = new HashSet<>();
        List<String> unreadable = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            cloud.obiente.vpsgateway.v1.DesiredAllocation entry = entries.get(i);
            Fields fields = new Fields();
            VpsId vps = fields.vps(entry.getVpsId());
            OrganizationId organization = fields.organization(entry.getOrganizationId());
            Ipv4Address address = fields.required("ip_address", entry.getIpAddress(), Ipv4Address::parse);
            Optional<MacAddress> mac = fields.optionalMac(entry.getMacAddress());
            if (entry.getIsPublic() && fields.faultless()) {
                checkPublic(fields, address, mac, ownAddresses);
            }
            if (fields.faultless()) {
                Allocation.Kind kind = entry.getIsPublic() ? Allocation.Kind.PUBLIC : Allocation.Kind.PRIVATE;
                desired.add(new DesiredAllocation(vps, organization, address, mac, kind));
            } else {
                unreadable.add("allocations[" + i + "] " + named(entry.getVpsId()) + fields.describe());
                if (vps != null) {
                    untouched.add(vps);
                }
            }
        }
        return new SyncList(List.copyOf(desired), Set.copyOf(untouched), List.copyOf(unreadable));
    }

    private static void checkPublic(
            Fields fields, Ipv4Address address, Optional<MacAddress> mac, Supplier<Set<Ipv4Address>> ownAddresses) {
        if (mac.isEmpty()) {
            fields.refuse("mac_address", "is required for a public address");
        }
        fields.refuseOwn("ip_address", address, ownAddresses);
    }

    /** VPSs whose private address the list names. */
    Set<VpsId> privatelyListed() {
        return privates().map(DesiredAllocation::vps).collect(Collectors.toSet());
    }

    private Stream<DesiredAllocation> privates() {
        return desired.stream().filter(DesiredAllocation::isPrivate);
    }

    /**
     * The adoptions of which this list knows nothing: no private entry names the VPS, the address or the card. A public
     * entry says nothing about the private address of its VPS.
     */
    Adoptions.Unlisted silentOn(Adoptions.Unlisted adoptions) {
        Set<VpsId> vpss = privatelyListed();
        Set<Ipv4Address> addresses = privates().map(DesiredAllocation::address).collect(Collectors.toSet());
        Set<MacAddress> macs =
                privates().map(DesiredAllocation::mac).flatMap(Optional::stream).collect(Collectors.toSet());
        return new Adoptions.Unlisted(
                adoptions.made().stream()
                        .filter(made -> !vpss.contains(made.vps()) && !addresses.contains(made.address()))
                        .filter(made -> made.mac().filter(macs::contains).isEmpty())
                        .toList(),
                adoptions.underWay().stream().filter(vps -> !vpss.contains(vps)).collect(Collectors.toSet()));
    }

    /** VPSs that keep what they have: those that cannot be read, and those that the API cannot be expected to list yet. */
    Set<VpsId> untouchedWith(Set<VpsId> adopted) {
        Set<VpsId> all = new HashSet<>(untouched);
        all.addAll(adopted);
        return all;
    }

    private static String named(String vpsId) {
        try {
            return VpsId.parse(vpsId) + ": ";
        } catch (InvalidValueException unfitForAMessage) {
            return "";
        }
    }

    /** Every entry that was not honoured, with the reason. */
    List<String> leftOut(SyncReport report) {
        return Stream.concat(
                        unreadable.stream(),
                        report.rejected().stream()
                                .map(rejected -> rejected.desired().vps() + ": " + rejected.why()))
                .toList();
    }
}
