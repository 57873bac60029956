package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Who answers for which address, as of the last time that somebody was asked: for the addresses that are given next, for those
 * that others ask about, and for those in conflict, until the conflict ends.
 *
 * <p>Owns these facts and the conflicts. Rounds run on the thread {@code segment}; readers on any thread see what the last
 * one found. What could not be asked changes nothing.
 */
public final class AddressUse {
    private static final Logger LOG = Logger.getLogger(AddressUse.class);

    /** How long an answer is evidence. Silence and answers that are older are forgotten. */
    static final Duration MAX_AGE = Duration.ofMinutes(10);
    /** How many addresses are known to be free of others before they are given. */
    static final int CANDIDATES = 8;
    /** Beyond that, somebody answers for everything (proxy ARP), and asking on would say nothing new. */
    static final int MAX_CONFLICTS = 256;

    /** An answer that somebody relies on is renewed when it is this old: the next round may take a while. */
    static final Duration RENEWED_AFTER = MAX_AGE.dividedBy(2);

    static final int MAX_REQUESTED = 4_096;
    private static final int MAX_REQUESTED_PER_ROUND = 128;

    private final AddressProbe probe;
    private final Supplier<IpamSnapshot> allocations;
    private final SegmentListener listener;
    private final Clock clock;
    private final Duration freshFor;
    private final ConcurrentSkipListSet<Ipv4Address> requested = new ConcurrentSkipListSet<>();
    private volatile Set<Ipv4Address> beingAsked = Set.of();
    private volatile Map<Ipv4Address, Fact> facts = Map.of();
    private volatile Map<Ipv4Address, AddressConflict> conflicts = Map.of();
    private volatile Optional<String> notChecked = Optional.of("nobody has been asked yet");

    /** Who answered, and when. Silence is a fact, too; what could not be asked is none. */
    public record Fact(ArpAnswer answer, Instant at) {}

    /** @param freshFor for how long a candidate that was asked for is not asked for again */
    AddressUse(
            AddressProbe probe,
            Supplier<IpamSnapshot> allocations,
            SegmentListener listener,
            Clock clock,
            Duration freshFor) {
        this.probe = probe;
        this.allocations = allocations;
        this.listener = listener;
        this.clock = clock;
        this.freshFor = freshFor;
    }

    /** Who answered for the address when it was last asked for, ten minutes ago at most. Any thread. */
    public Optional<MacAddress> answeredBy(Ipv4Address address) {
        return latest(address)
                .flatMap(fact -> fact.answer() instanceof ArpAnswer.Answered answered
                        ? Optional.of(answered.mac())
                        : Optional.empty());
    }

    /** What the last answer or silence was, and when; empty when nobody could be asked in the last ten minutes. Any thread. */
    public Optional<Fact> latest(Ipv4Address address) {
        Instant oldest = clock.instant().minus(MAX_AGE);
        return Optional.ofNullable(facts.get(address)).filter(fact -> !fact.at().isBefore(oldest));
    }

    /** Whether the address should be asked for, so that something is known of it ten minutes from now. Any thread; at once. */
    boolean isDue(Ipv4Address address) {
        Instant renewing = clock.instant().minus(RENEWED_AFTER);
        return !beingAsked.contains(address)
                && latest(address).filter(fact -> fact.at().isAfter(renewing)).isEmpty();
    }

    /** Whether somebody who does not hold the address uses it, as far as is known. Any thread; at once. */
    public boolean isUsedByAnother(Ipv4Address address) {
        return conflicts.containsKey(address);
    }

    /** Whether somebody else than this NIC was found to use an address that is not theirs. Any thread; at once. */
    public boolean isUsedByOther(Ipv4Address address, Optional<MacAddress> mac) {
        return conflict(address)
                .filter(found -> !mac.equals(Optional.of(found.mac())))
                .isPresent();
    }

    public Optional<AddressConflict> conflict(Ipv4Address address) {
        return Optional.ofNullable(conflicts.get(address));
    }

    /** Lowest address first. Any thread. */
    public List<AddressConflict> conflicts() {
        return List.copyOf(conflicts.values());
    }

    /** Why the last round could not ask for some address; empty when it could for all. Any thread. */
    public Optional<String> notChecked() {
        return notChecked;
    }

    /** Notes addresses for the next rounds; those beyond {@value #MAX_REQUESTED} are left out. Any thread. */
    void request(Collection<Ipv4Address> addresses) {
        for (Ipv4Address address : addresses) {
            if (requested.size() >= MAX_REQUESTED) {
                LOG.debugf("%s is not asked for: %d addresses wait already", address, MAX_REQUESTED);
                return;
            }
            requested.add(address);
        }
    }

    /**
     * Asks once for all addresses that are due. Thread {@code segment}; blocks.
     *
     * @return whether more addresses are due
     */
    boolean probe() throws InterruptedException {
        Set<Ipv4Address> asked = new LinkedHashSet<>(conflicts.keySet());
        if (conflicts.size() < MAX_CONFLICTS) {
            allocations.get().candidates(CANDIDATES).stream()
                    .filter(address -> !isFresh(address))
                    .forEach(asked::add);
        }
        for (int i = 0; i < MAX_REQUESTED_PER_ROUND && !requested.isEmpty(); i++) {
            Optional.ofNullable(requested.pollFirst()).ifPresent(asked::add);
        }
        if (asked.isEmpty()) {
            return false;
        }
        int known = conflicts.size();
        beingAsked = Set.copyOf(asked);
        try {
            learn(probe.probe(asked));
        } finally {
            beingAsked = Set.of();
        }
        return !requested.isEmpty() || conflicts.size() > known;
    }

    private boolean isFresh(Ipv4Address address) {
        return latest(address)
                .filter(fact -> fact.at().plus(freshFor).isAfter(clock.instant()))
                .isPresent();
    }

    private void learn(Map<Ipv4Address, ArpAnswer> answers) {
        Instant now = clock.instant();
        Map<Ipv4Address, Fact> known = new HashMap<>(facts);
        known.values().removeIf(fact -> fact.at().isBefore(now.minus(MAX_AGE)));
        Map<Ipv4Address, AddressConflict> disputed = new TreeMap<>(conflicts);
        Optional<String> fault = Optional.empty();
        for (Map.Entry<Ipv4Address, ArpAnswer> entry : answers.entrySet()) {
            if (entry.getValue() instanceof ArpAnswer.Unknown unknown) {
                fault = Optional.of(unknown.why());
            } else {
                known.put(entry.getKey(), new Fact(entry.getValue(), now));
                evaluate(entry.getKey(), entry.getValue(), disputed);
            }
        }
        // Before the conflicts, which speak of them.
        facts = Map.copyOf(known);
        conflicts = java.util.Collections.unmodifiableMap(disputed);
        notChecked = fault;
    }

    private void evaluate(Ipv4Address address, ArpAnswer answer, Map<Ipv4Address, AddressConflict> disputed) {
        Optional<AddressConflict> found = conflict(address, answer);
        Optional<AddressConflict> before =
                Optional.ofNullable(found.isPresent() ? disputed.put(address, found.get()) : disputed.remove(address));
        if (found.isPresent() && !found.equals(before)) {
            LOG.warn(found.get().describe());
            listener.found(Finding.ADDRESS);
        } else if (found.isEmpty() && before.isPresent()) {
            LOG.infof("%s does not answer for %s any more", before.get().mac(), address);
        }
    }

    /** A VPS whose NIC is not known may be the one that answers. */
    private Optional<AddressConflict> conflict(Ipv4Address address, ArpAnswer answer) {
        if (!(answer instanceof ArpAnswer.Answered answered)) {
            return Optional.empty();
        }
        Optional<Allocation> holding = allocations.get().at(address);
        boolean may = holding.isPresent()
                && holding.get().mac().map(answered.mac()::equals).orElse(true);
        return may
                ? Optional.empty()
                : Optional.of(new AddressConflict(address, answered.mac(), holding.map(Allocation::vps)));
    }
}
