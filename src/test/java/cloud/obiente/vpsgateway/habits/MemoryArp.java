package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.hostnet.segment.AddressUse.Fact;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer;
import cloud.obiente.vpsgateway.lab.api.Timeline;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What one process of the gateway knows of who answers ARP: nothing at first, and nothing for long. The timeline's thread. */
final class MemoryArp {
    private static final Duration MAX_AGE = Duration.ofMinutes(10);
    private static final Duration RENEWED_AFTER = Duration.ofMinutes(5);
    private static final Duration ROUND = Duration.ofSeconds(4);

    private final Segment segment;
    private final Timeline timeline;
    private final Map<Ipv4Address, Fact> facts = new HashMap<>();
    private final Set<Ipv4Address> asked = new HashSet<>();

    MemoryArp(Segment segment, Timeline timeline) {
        this.segment = segment;
        this.timeline = timeline;
    }

    Optional<Fact> latest(Ipv4Address address) {
        return fact(address, MAX_AGE);
    }

    /** The same; what is not known, or not for long any more, is asked for. */
    Optional<Fact> known(Ipv4Address address) {
        if (fact(address, RENEWED_AFTER).isEmpty() && asked.add(address)) {
            timeline.after(ROUND, () -> ask(address));
        }
        return latest(address);
    }

    private void ask(Ipv4Address address) {
        asked.remove(address);
        ArpAnswer answer = segment.answering(address)
                .<ArpAnswer>map(ArpAnswer.Answered::new)
                .orElseGet(ArpAnswer.Silent::new);
        facts.put(address, new Fact(answer, timeline.now()));
    }

    private Optional<Fact> fact(Ipv4Address address, Duration maxAge) {
        return Optional.ofNullable(facts.get(address))
                .filter(fact -> timeline.now().isBefore(fact.at().plus(maxAge)));
    }
}
