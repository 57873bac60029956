package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Who holds which address, and who has leased what, as trees. Stateless. */
public final class AddressListing {
    private AddressListing() {}

    /**
     * Every allocation, in the order given.
     *
     * @param facts what is known of each
     */
    public static Map<String, Object> ofAllocations(
            Collection<Allocation> allocations,
            Function<Allocation, Optional<AllocationFacts>> facts,
            LeaseSnapshot leases,
            Instant now) {
        Iterable<Map<String, Object>> rows = () -> allocations.stream()
                .map(held -> row(held, facts.apply(held), leases, now))
                .iterator();
        return Map.of("ips", rows);
    }

    private static Map<String, Object> row(
            Allocation held, Optional<AllocationFacts> facts, LeaseSnapshot leases, Instant now) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("address", held.address());
        row.put("kind", word(held.kind()));
        row.put("vps", held.vps());
        row.put("organization", held.organization());
        row.put("mac", held.mac());
        row.put("allocatedAt", held.allocatedAt());
        row.put("origin", facts.map(known -> word(known.origin())));
        row.put("seenAt", facts.flatMap(AllocationFacts::seenAt));
        Optional<Lease> lease = leases.at(held.address()).filter(one -> one.isLive(now));
        row.put("leasedBy", lease.map(Lease::mac));
        row.put("leaseExpires", lease.flatMap(Lease::expires));
        return row;
    }

    /**
     * Every lease, in the order given by dnsmasq.
     *
     * @param holder who holds the address of a lease
     */
    public static Map<String, Object> ofLeases(
            LeaseSnapshot leases, Function<Lease, Optional<Allocation>> holder, Instant now) {
        Iterable<Map<String, Object>> rows = () -> leases.leases().stream()
                .map(lease -> row(lease, holder.apply(lease), now))
                .iterator();
        return Map.of("leases", rows);
    }

    private static Map<String, Object> row(Lease lease, Optional<Allocation> holder, Instant now) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("address", lease.address());
        row.put("mac", lease.mac());
        row.put("vps", holder.map(Allocation::vps));
        row.put("isHolder", holder.flatMap(Allocation::mac).map(lease.mac()::equals));
        row.put("name", lease.hostname());
        row.put("expires", lease.expires());
        row.put("live", lease.isLive(now));
        return row;
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }
}
