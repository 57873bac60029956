package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * What the limits dropped, added up over all tables that ever were, and told once a minute in one line. Confined to the
 * thread of the limits.
 */
final class DroppedPackets {
    private static final Logger LOG = Logger.getLogger("TrafficLimits");
    private static final Duration BETWEEN_LINES = Duration.ofMinutes(1);
    private static final int MAX_NAMED = 5;

    private final Clock clock;
    private final LimitListener listener;
    /** What the kernel had counted when it was last asked. */
    private final Map<LimitKind, Map<MacAddress, Long>> seen = new EnumMap<>(LimitKind.class);

    private final Map<LimitKind, Long> seenUnknown = new EnumMap<>(LimitKind.class);
    private final Map<VpsId, Map<LimitKind, Long>> totals = new HashMap<>();
    private final Map<LimitKind, Long> totalUnknown = new EnumMap<>(LimitKind.class);
    /** By whose packets they were, since the last line. */
    private final Map<String, Long> untold = new HashMap<>();

    private Instant lastLine = Instant.EPOCH;

    DroppedPackets(Clock clock, LimitListener listener) {
        this.clock = clock;
        this.listener = listener;
        for (LimitKind kind : LimitKind.values()) {
            totalUnknown.put(kind, 0L);
        }
    }

    /** The table has been made anew, and with it the kernel's counts. */
    void kernelCountsFromZero() {
        seen.clear();
        seenUnknown.clear();
    }

    /** Adds what the kernel has counted since it was last asked, and tells it. A VPS without MAC address is forgotten. */
    void count(LimitListing listing, Map<MacAddress, VpsId> vpss) {
        totals.keySet().retainAll(new HashSet<>(vpss.values()));
        vpss.values().forEach(vps -> totals.computeIfAbsent(vps, DroppedPackets::none));
        listing.dropped().forEach((kind, now) -> {
            Map<MacAddress, Long> before = seen.getOrDefault(kind, Map.of());
            now.forEach((mac, packets) -> {
                long more = since(before.getOrDefault(mac, 0L), packets);
                VpsId vps = vpss.get(mac);
                if (vps != null && more > 0) {
                    totals.get(vps).merge(kind, more, Long::sum);
                    untold.merge(vps + " (" + mac + ")", more, Long::sum);
                }
            });
        });
        seen.clear();
        seen.putAll(listing.dropped());
        listing.unknown().forEach((kind, packets) -> {
            Long before = seenUnknown.put(kind, packets);
            long more = since(before == null ? 0 : before, packets);
            if (more > 0) {
                totalUnknown.merge(kind, more, Long::sum);
                untold.merge("MAC addresses that are no VPS's", more, Long::sum);
            }
        });
        listener.dropped(Collections.unmodifiableMap(totals), Collections.unmodifiableMap(totalUnknown));
        tell(clock.instant());
    }

    private static Map<LimitKind, Long> none(VpsId vps) {
        Map<LimitKind, Long> none = new EnumMap<>(LimitKind.class);
        for (LimitKind kind : LimitKind.values()) {
            none.put(kind, 0L);
        }
        return none;
    }

    /** An element that was idle for long begins at zero again. */
    private static long since(long before, long now) {
        return now >= before ? now - before : now;
    }

    private void tell(Instant now) {
        if (untold.isEmpty() || now.isBefore(lastLine.plus(BETWEEN_LINES))) {
            return;
        }
        lastLine = now;
        List<String> most = new ArrayList<>(untold.keySet());
        most.sort(
                Comparator.comparing((String who) -> untold.get(who)).reversed().thenComparing(who -> who));
        LOG.warnf(
                "packets to DNS and DHCP above the limit of one VPS dropped: %s%s",
                most.stream()
                        .limit(MAX_NAMED)
                        .map(who -> untold.get(who) + " of " + who)
                        .collect(Collectors.joining(", ")),
                most.size() > MAX_NAMED ? " and of " + (most.size() - MAX_NAMED) + " more" : "");
        untold.clear();
    }
}
