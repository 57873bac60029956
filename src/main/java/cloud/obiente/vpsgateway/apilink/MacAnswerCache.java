package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the API has said about MACs, for as long as it is valid. Keeps the MACs used last; a VPS that makes up MACs
 * makes us forget, and ask again, at worst. Thread {@code api-links}.
 */
final class MacAnswerCache {
    static final Duration FOUND_TTL = Duration.ofMinutes(1);
    static final Duration MIN_UNKNOWN_TTL = Duration.ofSeconds(10);
    static final Duration MAX_UNKNOWN_TTL = Duration.ofMinutes(5);
    /** After an answer that nobody gave. */
    static final Duration NONE_TTL = Duration.ofSeconds(10);

    static final int MAX_MACS = 10_000;

    /**
     * @param at when it was given
     * @param generation of answers that are forgotten together, unless they found a VPS
     * @param unknownTtl that of the last {@link MacAnswer.NotFound} in a row; zero without one
     */
    private record CachedAnswer(
            MacAnswer answer, Instant at, long generation, Instant validUntil, Duration unknownTtl) {}

    private final Map<MacAddress, CachedAnswer> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MacAddress, CachedAnswer> eldest) {
            return size() > MAX_MACS;
        }
    };

    private long generation;

    Optional<MacAnswer> of(MacAddress mac, Instant now) {
        return of(mac, now, MacOwnerLookup.ANY_AGE);
    }

    /** @param maxAge an answer that is older is none; with zero each is */
    Optional<MacAnswer> of(MacAddress mac, Instant now, Duration maxAge) {
        return Optional.ofNullable(entries.get(mac))
                .filter(entry -> now.isBefore(entry.validUntil))
                .filter(entry -> now.isBefore(entry.at.plus(maxAge)))
                .filter(entry -> entry.answer instanceof MacAnswer.Found || entry.generation == generation)
                .map(CachedAnswer::answer);
    }

    void record(MacAddress mac, MacAnswer answer, Instant now) {
        Duration before = Optional.ofNullable(entries.get(mac))
                .map(CachedAnswer::unknownTtl)
                .orElse(Duration.ZERO);
        Duration unknownTtl = unknownTtl(answer, before);
        entries.put(mac, new CachedAnswer(answer, now, generation, now.plus(ttl(answer, unknownTtl)), unknownTtl));
    }

    private static Duration unknownTtl(MacAnswer answer, Duration before) {
        if (answer instanceof MacAnswer.Found) {
            return Duration.ZERO;
        }
        if (answer instanceof MacAnswer.Unavailable) {
            return before;
        }
        Duration doubled = before.isZero() ? MIN_UNKNOWN_TTL : before.multipliedBy(2);
        return doubled.compareTo(MAX_UNKNOWN_TTL) < 0 ? doubled : MAX_UNKNOWN_TTL;
    }

    private static Duration ttl(MacAnswer answer, Duration unknownTtl) {
        if (answer instanceof MacAnswer.Found) {
            return FOUND_TTL;
        }
        return answer instanceof MacAnswer.Unavailable ? NONE_TTL : unknownTtl;
    }

    /** As if this MAC had never been asked about, unless it was found. */
    void forgetUnknown(MacAddress mac) {
        entries.computeIfPresent(mac, (same, entry) -> entry.answer instanceof MacAnswer.Found ? entry : null);
    }

    /** Whatever was not found until now may be asked about again; how often that has happened to each MAC stays. */
    void forgetUnknowns() {
        generation++;
    }
}
