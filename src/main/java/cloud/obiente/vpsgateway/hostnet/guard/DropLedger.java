package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.guard.NftListing.Offender;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What the guard dropped, added up over all tables that ever were, and who was named for it. Confined to the guard's
 * thread.
 *
 * <p>For each address the log tells at most once a minute whose frames were dropped, as the kernel noted them down; the
 * kernel keeps 4,096 pairs of address and NIC for two minutes, so a VPS that invents NICs costs a bounded amount.
 */
final class DropLedger {
    private static final Logger LOG = Logger.getLogger("AddressGuard");
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final int MAX_NICS = 3;
    /** Log lines of one check; the metrics have all addresses. */
    private static final int MAX_LINES = 20;

    private final Consumer<Map<VpsId, Long>> counted;
    private final Clock clock;
    private final Map<NftTable, Map<Ipv4Address, Long>> lastSeen = new EnumMap<>(NftTable.class);
    private final Map<VpsId, Long> totals = new HashMap<>();
    private final Map<Ipv4Address, Forgery> sinceLastLine = new HashMap<>();
    private final Map<Ipv4Address, Instant> lastLine = new HashMap<>();

    /** What the log says of one address. */
    private static final class Forgery {
        private long packets;
        private final Map<NftTable, List<Offender>> offenders = new EnumMap<>(NftTable.class);
    }

    /** @param counted told of all that was dropped for each VPS, as {@link GuardListener#counted} is */
    DropLedger(Consumer<Map<VpsId, Long>> counted, Clock clock) {
        this.counted = counted;
        this.clock = clock;
    }

    /** The table has been made anew, and with it the kernel's counts. */
    void kernelCountsFromZero(NftTable table) {
        lastSeen.remove(table);
    }

    /** The kernel's counts of these addresses have been removed. */
    void forget(Collection<Ipv4Address> addresses) {
        lastSeen.values().forEach(seen -> seen.keySet().removeAll(addresses));
    }

    /** Adds what the kernel has counted in a table since it was last asked. */
    void count(NftTable table, NftListing listing, GuardPlan plan) {
        Map<Ipv4Address, Long> seen = lastSeen.computeIfAbsent(table, first -> new HashMap<>());
        Map<Ipv4Address, List<Offender>> offenders = listing.offenders();
        listing.drops().forEach((address, now) -> {
            AddressPin pin = plan.pins().get(address);
            long before = seen.getOrDefault(address, 0L);
            long more = now >= before ? now - before : now;
            if (pin != null && more > 0) {
                seen.put(address, now);
                totals.merge(pin.vps(), more, Long::sum);
                Forgery forgery = sinceLastLine.computeIfAbsent(address, first -> new Forgery());
                forgery.packets += more;
                forgery.offenders.put(table, offenders.getOrDefault(address, List.of()));
            }
        });
    }

    /** Tells what was counted, and the log; a VPS without guarded address is forgotten. */
    void report(GuardPlan plan) {
        Map<VpsId, Long> zero =
                plan.pins().values().stream().collect(Collectors.toMap(AddressPin::vps, pin -> 0L, (one, same) -> one));
        totals.keySet().retainAll(zero.keySet());
        zero.forEach(totals::putIfAbsent);
        counted.accept(Map.copyOf(totals));
        sinceLastLine.keySet().retainAll(plan.pins().keySet());
        lastLine.keySet().retainAll(plan.pins().keySet());
        tell(plan, clock.instant());
    }

    private void tell(GuardPlan plan, Instant now) {
        List<Ipv4Address> due = sinceLastLine.keySet().stream()
                .filter(address -> lastLine.getOrDefault(address, Instant.EPOCH)
                                .plus(SILENCE)
                                .compareTo(now)
                        <= 0)
                .sorted()
                .limit(MAX_LINES)
                .toList();
        for (Ipv4Address address : due) {
            Forgery forgery = sinceLastLine.remove(address);
            lastLine.put(address, now);
            LOG.warnf(
                    "%d packets dropped that forged %s of %s; they came from %s",
                    forgery.packets, address, plan.pins().get(address).vps(), macs(forgery));
        }
    }

    private static String macs(Forgery forgery) {
        Map<Object, Long> packets = new HashMap<>();
        forgery.offenders
                .values()
                .forEach(
                        list -> list.forEach(offender -> packets.merge(offender.mac(), offender.packets(), Long::sum)));
        if (packets.isEmpty()) {
            return "a sender without a MAC address, or too many to note down";
        }
        List<Object> most = new ArrayList<>(packets.keySet());
        most.sort(Comparator.comparing(packets::get).reversed().thenComparing(Object::toString));
        String named = most.stream().limit(MAX_NICS).map(Object::toString).collect(Collectors.joining(", "));
        return most.size() > MAX_NICS ? named + " and " + (most.size() - MAX_NICS) + " more" : named;
    }
}
