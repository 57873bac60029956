package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The MACs that wait to be asked about. Fair between sources: the one that has cost the API least in vain, lately, comes
 * first, so that a VPS that invents MACs waits behind the others, not they behind it. Within a source, who has asked for
 * longest comes first: a client repeats itself, an invented MAC seldom does. Bounded, whatever comes; when it is full, the
 * longest lane loses the MAC that has not repeated itself for longest. Thread {@code api-links}.
 */
final class FairQueue {
    static final int MAX_WAITING = 4_096;
    /** Who has not repeated itself for so long has gone. */
    static final Duration MAX_SILENCE = Duration.ofMinutes(1);

    private final Consumer<MacAddress> onDropped;
    private final Map<QuestionSource, SourceLane> lanes = new HashMap<>();
    private final Map<MacAddress, QueuedMac> waiting = new HashMap<>();
    private long arrivals;

    /** @param onDropped told of each MAC that leaves without its turn */
    FairQueue(Consumer<MacAddress> onDropped) {
        this.onDropped = onDropped;
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** A MAC waits, or goes on waiting. Where it waits in the background, and a NIC asks now, that counts. */
    void offer(MacAddress mac, QuestionSource source, Instant now) {
        QueuedMac known = waiting.get(mac);
        if (known == null) {
            if (waiting.size() >= MAX_WAITING) {
                dropOne();
            }
            add(new QueuedMac(mac, source, arrivals++, now), now);
            return;
        }
        SourceLane lane = lanes.get(known.source);
        lane.macs.remove(known);
        known.repeated(now);
        if (known.source == QuestionSource.Shared.BACKGROUND && source != known.source) {
            known.source = source;
        }
        lane(known.source, now).macs.add(known);
    }

    private void add(QueuedMac entry, Instant now) {
        waiting.put(entry.mac, entry);
        lane(entry.source, now).macs.add(entry);
    }

    private SourceLane lane(QuestionSource source, Instant now) {
        return lanes.computeIfAbsent(source, unseen -> new SourceLane(source, now));
    }

    private void dropOne() {
        SourceLane longest = lanes.values().stream()
                .max(Comparator.comparingInt(lane -> lane.macs.size()))
                .orElseThrow();
        // The lowest rank is last; of those who share it, who came first has been silent for longest.
        QueuedMac last = longest.macs.last();
        drop(longest.macs.ceiling(QueuedMac.firstOfRank(last.rank())));
    }

    private void drop(QueuedMac entry) {
        remove(entry.mac);
        onDropped.accept(entry.mac);
    }

    void remove(MacAddress mac) {
        QueuedMac entry = waiting.remove(mac);
        if (entry != null) {
            lanes.get(entry.source).macs.remove(entry);
        }
    }

    /** Those whose port has not been looked up. */
    Set<MacAddress> unsorted() {
        SourceLane lane = lanes.get(QuestionSource.Shared.UNSORTED);
        return lane == null
                ? Set.of()
                : lane.macs.stream().map(entry -> entry.mac).collect(Collectors.toSet());
    }

    /** @param ports of those of the looked-up MACs whose port is known */
    void sort(Set<MacAddress> lookedUp, Map<MacAddress, BridgePort> ports, Instant now) {
        for (MacAddress mac : lookedUp) {
            QueuedMac entry = waiting.get(mac);
            if (entry != null && entry.source == QuestionSource.Shared.UNSORTED) {
                lanes.get(entry.source).macs.remove(entry);
                entry.source = ports.containsKey(mac)
                        ? new QuestionSource.Port(ports.get(mac))
                        : QuestionSource.Shared.UNKNOWN_PORT;
                lane(entry.source, now).macs.add(entry);
            }
        }
    }

    /**
     * Whose turn it is, of those whose port has been looked up; it waits no more, and its source pays for it until {@link #done}.
     *
     * @param maxPerSource how many of one source may be asked about at once
     * @param canBeAsked whether a MAC's turn may come now; asked about the first of each source only
     */
    Optional<Turn> next(Instant now, int maxPerSource, Predicate<MacAddress> canBeAsked) {
        lanes.values().forEach(lane -> dropSilent(lane, now));
        return lanes.values().stream()
                .filter(lane -> lane.source != QuestionSource.Shared.UNSORTED)
                .filter(lane -> !lane.macs.isEmpty() && lane.beingAsked < maxPerSource)
                .filter(lane -> canBeAsked.test(lane.macs.first().mac))
                .min(Comparator.<SourceLane>comparingDouble(lane -> lane.cost(now))
                        .thenComparing(lane -> lane.macs.first().arrival))
                .map(lane -> {
                    MacAddress mac = lane.macs.first().mac;
                    remove(mac);
                    lane.begin(now);
                    return new Turn(mac, lane.source);
                });
    }

    private void dropSilent(SourceLane lane, Instant now) {
        while (!lane.macs.isEmpty() && lane.macs.first().isSilent(now)) {
            drop(lane.macs.first());
        }
    }

    /**
     * A turn is over. To be called once for each.
     *
     * @param found whether it found a VPS; then it was not in vain
     */
    void done(Turn turn, boolean found, Instant now) {
        lane(turn.source(), now).end(found, now);
    }

    /** Forgets sources that have nothing to remember. Call now and then. */
    void prune(Instant now) {
        lanes.values()
                .removeIf(
                        lane -> lane.macs.isEmpty() && lane.beingAsked == 0 && lane.cost(now) < SourceLane.NEGLIGIBLE);
    }

    /** @param source who pays */
    record Turn(MacAddress mac, QuestionSource source) {}
}
