package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A list's entries as they are meant: its rows outlive the NICs and addresses that they name, so a VPS may be named twice,
 * and with a MAC that another one has replaced. Lives on the writer thread for the length of one decision.
 */
final class ListEntries {
    private final IpamSnapshot state;
    private final AllocationStanding standing;
    private final UsageEvidence evidence;
    /** Whose each MAC is by the private entries. */
    private final Map<MacAddress, Set<VpsId>> owners = new HashMap<>();
    /** For whom each address is by the private entries. */
    private final Map<Ipv4Address, Set<VpsId>> claimants = new HashMap<>();

    ListEntries(
            IpamSnapshot state, AllocationStanding standing, UsageEvidence evidence, List<DesiredAllocation> listed) {
        this.state = state;
        this.standing = standing;
        this.evidence = evidence;
        listed.stream().filter(DesiredAllocation::isPrivate).forEach(entry -> {
            claimants.computeIfAbsent(entry.address(), first -> new HashSet<>()).add(entry.vps());
            entry.mac().ifPresent(mac -> owners.computeIfAbsent(mac, first -> new HashSet<>())
                    .add(entry.vps()));
        });
    }

    /** One entry for each VPS: the one that is so already, else one with the address that the VPS has, else the first. */
    List<DesiredAllocation> privates(List<DesiredAllocation> listed) {
        Map<VpsId, DesiredAllocation> chosen = new LinkedHashMap<>();
        listed.stream()
                .filter(DesiredAllocation::isPrivate)
                .map(this::withLivingMac)
                .forEach(entry ->
                        chosen.merge(entry.vps(), entry, (first, later) -> fit(later) > fit(first) ? later : first));
        return List.copyOf(chosen.values());
    }

    private int fit(DesiredAllocation entry) {
        if (entry.isFulfilledIn(state)) {
            return 2;
        }
        return state.privateOf(entry.vps()).filter(entry::names).isPresent() ? 1 : 0;
    }

    private DesiredAllocation withLivingMac(DesiredAllocation entry) {
        Optional<Allocation> held = state.privateOf(entry.vps());
        if (held.isPresent()) {
            return isOutdated(entry, held.get()) ? entry.withMac(Optional.empty()) : entry;
        }
        return state.unclaimedAt(entry.address())
                .map(UnclaimedLease::mac)
                .filter(mac -> isLikelyItsOwn(mac, entry))
                .map(mac -> entry.withMac(Optional.of(mac)))
                .orElse(entry);
    }

    /**
     * Whether the NIC that leases the address of an entry is the entry's VPS's: because the list says so, or because nothing
     * in the list says otherwise. Rows of VPSs that are gone stay, so an address may be listed for several: then the API is
     * asked whose the NIC is.
     */
    private boolean isLikelyItsOwn(MacAddress mac, DesiredAllocation entry) {
        Set<VpsId> listedFor = owners.getOrDefault(mac, Set.of());
        return listedFor.isEmpty() ? claimants.get(entry.address()).size() == 1 : listedFor.contains(entry.vps());
    }

    /** Whether the entry's MAC has been replaced, or would replace one that is in use and not said to be another VPS's. */
    private boolean isOutdated(DesiredAllocation entry, Allocation held) {
        Optional<MacAddress> listed = entry.mac().filter(mac -> !held.mac().equals(Optional.of(mac)));
        if (listed.isEmpty() || held.mac().isEmpty()) {
            return false;
        }
        boolean replaced = !state.livingMac(entry.vps(), listed.get()).equals(listed.get());
        return replaced
                || evidence.isInUse(held)
                        && (standing.isFresh(held) || !isAnothers(held.mac().get(), entry));
    }

    private boolean isAnothers(MacAddress mac, DesiredAllocation entry) {
        Set<VpsId> listedFor = owners.getOrDefault(mac, Set.of());
        return !listedFor.isEmpty() && !listedFor.contains(entry.vps());
    }

    /** The public entries, each once. */
    List<DesiredAllocation> publics(List<DesiredAllocation> listed, IpamSnapshot then) {
        return listed.stream()
                .filter(entry -> !entry.isPrivate())
                .map(entry -> entry.withMac(entry.mac().map(mac -> then.livingMac(entry.vps(), mac))))
                .distinct()
                .toList();
    }
}
