package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.DesiredAllocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * VPSs that were given another card by the API's own word, while its list still has the old one: a list that says so does
 * not take the card away again. Remembers those healed last. Any thread; guarded by its monitor.
 */
public final class Rebinds {
    static final int MOST = 10_000;

    /** @param from what the list says */
    private record Rebind(MacAddress from, MacAddress to) {}

    private final Supplier<IpamSnapshot> allocations;
    private final Map<VpsId, Rebind> rebinds = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<VpsId, Rebind> eldest) {
            return size() > MOST;
        }
    };

    public Rebinds(Supplier<IpamSnapshot> allocations) {
        this.allocations = allocations;
    }

    synchronized void rebound(VpsId vps, MacAddress from, MacAddress to) {
        Rebind last = rebinds.remove(vps);
        // The list still has what it had before the first of several.
        MacAddress listed = last != null && last.to().equals(from) ? last.from() : from;
        if (!listed.equals(to)) {
            rebinds.put(vps, new Rebind(listed, to));
        }
    }

    /**
     * The list, but with entries that name a VPS's old card naming none, which keeps the new one. A list that names yet
     * another card for the VPS, or the new card for another VPS, is taken at its word.
     */
    public synchronized List<DesiredAllocation> heed(List<DesiredAllocation> desired) {
        rebinds.entrySet().removeIf(entry -> !isInForce(entry.getKey(), entry.getValue()));
        if (rebinds.isEmpty()) {
            return desired;
        }
        forgetWhatIsContradicted(desired);
        return desired.stream()
                .map(entry -> isOutdated(entry) ? entry.withoutMac() : entry)
                .toList();
    }

    private boolean isInForce(VpsId vps, Rebind rebind) {
        return allocations
                .get()
                .privateOf(vps)
                .flatMap(Allocation::mac)
                .filter(rebind.to()::equals)
                .isPresent();
    }

    private void forgetWhatIsContradicted(List<DesiredAllocation> desired) {
        Map<MacAddress, VpsId> byNewCard = new HashMap<>();
        rebinds.forEach((vps, rebind) -> byNewCard.put(rebind.to(), vps));
        Set<VpsId> contradicted = new HashSet<>();
        for (DesiredAllocation entry : desired) {
            if (entry.isPrivate() && entry.mac().isPresent()) {
                VpsId holder = byNewCard.get(entry.mac().get());
                if (holder != null) {
                    contradicted.add(holder);
                }
                if (rebinds.containsKey(entry.vps()) && !isOutdated(entry)) {
                    contradicted.add(entry.vps());
                }
            }
        }
        rebinds.keySet().removeAll(contradicted);
    }

    private boolean isOutdated(DesiredAllocation entry) {
        return entry.isPrivate()
                && Optional.ofNullable(rebinds.get(entry.vps()))
                        .map(Rebind::from)
                        .equals(entry.mac())
                && entry.mac().isPresent();
    }
}
