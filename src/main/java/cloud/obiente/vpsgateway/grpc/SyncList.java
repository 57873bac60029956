package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.sync.AllocationList;
import cloud.obiente.vpsgateway.sync.DesiredAllocation;
import cloud.obiente.vpsgateway.sync.SyncReport;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The API's list, as far as it can be read.
 *
 * @param allocations entries that make sense by themselves, and the VPSs of those that make none
 * @param unreadable how many entries make no sense
 * @param reasons why, one line an entry, of the first {@value #MAX_REASONS} of them
 */
record SyncList(AllocationList allocations, int unreadable, List<String> reasons) {
    /** As many as anybody reads; the fault is mostly the same. */
    static final int MAX_REASONS = 100;

    /** @param ownAddresses those of this host, which can be nobody's public address */
    static SyncList read(
            List<cloud.obiente.vpsgateway.v1.DesiredAllocation> entries, Supplier<Set<Ipv4Address>> ownAddresses) {
        List<DesiredAllocation> desired = new ArrayList<>(entries.size());
        Set<VpsId> untouched = new HashSet<>();
        int unreadable = 0;
        List<String> reasons = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            cloud.obiente.vpsgateway.v1.DesiredAllocation entry = entries.get(i);
            RequestFields fields = new RequestFields();
            VpsId vps = fields.vps(entry.getVpsId());
            OrganizationId organization = fields.organization(entry.getOrganizationId());
            Ipv4Address address = fields.required("ip_address", entry.getIpAddress(), Ipv4Address::parse);
            Optional<MacAddress> mac = fields.optionalMac(entry.getMacAddress());
            if (entry.getIsPublic() && fields.isValid()) {
                checkPublic(fields, address, mac, ownAddresses);
            }
            if (fields.isValid()) {
                Allocation.Kind kind = entry.getIsPublic() ? Allocation.Kind.PUBLIC : Allocation.Kind.PRIVATE;
                desired.add(new DesiredAllocation(vps, organization, address, mac, kind));
            } else {
                unreadable++;
                if (reasons.size() < MAX_REASONS) {
                    reasons.add("allocations[" + i + "] " + named(entry.getVpsId()) + fields.describe());
                }
                if (vps != null) {
                    untouched.add(vps);
                }
            }
        }
        return new SyncList(new AllocationList(desired, untouched), unreadable, List.copyOf(reasons));
    }

    private static void checkPublic(
            RequestFields fields,
            Ipv4Address address,
            Optional<MacAddress> mac,
            Supplier<Set<Ipv4Address>> ownAddresses) {
        if (mac.isEmpty()) {
            fields.addError("mac_address", "is required for a public address");
        }
        fields.rejectOwnAddress("ip_address", address, ownAddresses);
    }

    private static String named(String vpsId) {
        try {
            return VpsId.parse(vpsId) + ": ";
        } catch (InvalidValueException unfitForAMessage) {
            return "";
        }
    }

    /** How many entries were not honoured. */
    int leftOut(SyncReport report) {
        return unreadable + report.rejected().size();
    }

    /** Why, as far as there is room: the first entries that make no sense, then those that could not be honoured. */
    List<String> reasons(SyncReport report) {
        return Stream.concat(
                        reasons.stream(),
                        report.rejected().stream()
                                .map(rejected -> rejected.desired().vps() + ": " + rejected.why()))
                .limit(MAX_REASONS)
                .toList();
    }
}
