package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the gateway's callers know of each VPS: what they were answered, and what they asked for without getting an answer.
 * An unanswered change may or may not have happened; an answered one has. Thread-safe by its monitor.
 */
final class Ledger {
    private final Map<String, Optional<Holding>> answered = new LinkedHashMap<>();
    private final Map<String, Predicate<Optional<Holding>>> unanswered = new LinkedHashMap<>();
    private int answers;

    /** What the VPS has, by the last answer. */
    synchronized Optional<Holding> of(String vps) {
        return answered.getOrDefault(vps, Optional.empty());
    }

    synchronized Map<String, Optional<Holding>> all() {
        return new LinkedHashMap<>(answered);
    }

    /** A call is about to be made. */
    synchronized void asked(String vps, Predicate<Optional<Holding>> result) {
        answered.putIfAbsent(vps, Optional.empty());
        unanswered.merge(vps, result, Predicate::or);
    }

    /** The call was answered: this is what the VPS has now. */
    synchronized void answered(String vps, Optional<Holding> result) {
        answered.put(vps, result);
        unanswered.remove(vps);
        answers++;
    }

    /** How many changes have been answered. */
    synchronized int answers() {
        return answers;
    }

    /** Holds what the gateway says against what was answered; where nothing was, the gateway's word counts from now on. */
    synchronized void settle(Collection<Holding> actual) {
        Map<String, Holding> byVps = actual.stream().collect(Collectors.toMap(Holding::vps, holding -> holding));
        assertThat(answered.keySet()).as("VPSs somebody asked for").containsAll(byVps.keySet());
        answered.replaceAll((vps, expected) -> {
            Optional<Holding> found = Optional.ofNullable(byVps.get(vps));
            if (!wasAskedFor(vps, found)) {
                assertThat(found).as("%s as it was answered last", vps).isEqualTo(expected);
            }
            return found;
        });
        unanswered.clear();
    }

    private boolean wasAskedFor(String vps, Optional<Holding> found) {
        return unanswered.containsKey(vps) && unanswered.get(vps).test(found);
    }
}
