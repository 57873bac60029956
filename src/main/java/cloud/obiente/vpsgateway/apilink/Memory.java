package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the API has said about MACs, for as long as it is to be believed. Keeps the MACs used last; a VPS that makes up MACs
 * makes us forget, and ask again, at worst. Thread {@code api-links}.
 */
final class Memory {
    static final Duration FOUND = Duration.ofMinutes(1);
    static final Duration UNKNOWN_FIRST = Duration.ofSeconds(10);
    static final Duration UNKNOWN_LAST = Duration.ofMinutes(5);
    /** After an answer that nobody gave. */
    static final Duration NONE = Duration.ofSeconds(10);

    static final int MOST_MACS = 10_000;

    /** What is known of one MAC. */
    static final class Known {
        private Optional<Answer> answer = Optional.empty();
        private Instant until = Instant.MIN;
        private Duration unknownFor = Duration.ZERO;
        private boolean asking;
        private Instant healAgainAt = Instant.MIN;

        boolean isAsking() {
            return asking;
        }

        void asking() {
            asking = true;
        }

        /** The answer, unless it is too old. */
        Optional<Answer> answer(Instant now) {
            return answer.filter(any -> now.isBefore(until));
        }

        void answered(Answer given, Instant now) {
            asking = false;
            answer = Optional.of(given);
            until = now.plus(span(given));
        }

        private Duration span(Answer given) {
            if (!(given instanceof Answer.Unknown)) {
                unknownFor = given instanceof Answer.Found ? Duration.ZERO : unknownFor;
                return given instanceof Answer.Found ? FOUND : NONE;
            }
            Duration doubled = unknownFor.isZero() ? UNKNOWN_FIRST : unknownFor.multipliedBy(2);
            unknownFor = doubled.compareTo(UNKNOWN_LAST) < 0 ? doubled : UNKNOWN_LAST;
            return unknownFor;
        }

        boolean mayHeal(Instant now) {
            return !now.isBefore(healAgainAt);
        }

        void healing(Instant notBefore) {
            healAgainAt = notBefore;
        }
    }

    private final Map<MacAddress, Known> entries = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<MacAddress, Known> eldest) {
            return size() > MOST_MACS;
        }
    };

    Known of(MacAddress mac) {
        return entries.computeIfAbsent(mac, unseen -> new Known());
    }
}
