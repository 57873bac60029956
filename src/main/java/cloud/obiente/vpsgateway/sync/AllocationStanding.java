package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.SourceListing;
import cloud.obiente.vpsgateway.ipam.SourceListing.Word;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * What the lists of all sources together allow to be done to an allocation, at one moment. The rule behind all of it: what
 * may be in use is never taken on the strength of silence or of stale words. Lives on one thread for the length of one
 * decision.
 */
final class AllocationStanding {
    private final IpamSnapshot state;
    private final Map<Ipv4Address, AllocationFacts> heard;
    private final Map<ListSource, SourceState> sources;
    private final SyncRules rules;
    private final Instant at;
    /** For each source, those whose VPSs it speaks for as well, because their lists have one in common. */
    private final Map<ListSource, Set<ListSource>> kin = new HashMap<>();

    /**
     * @param heard facts that are newer than the state's
     * @param sources all of them, the one whose list is being decided as it is after that
     */
    AllocationStanding(
            IpamSnapshot state,
            Map<Ipv4Address, AllocationFacts> heard,
            Map<ListSource, SourceState> sources,
            SyncRules rules,
            Instant at) {
        this.state = state;
        this.heard = heard;
        this.sources = sources;
        this.rules = rules;
        this.at = at;
    }

    AllocationFacts facts(Allocation held) {
        AllocationFacts newer = heard.get(held.address());
        return newer == null ? state.facts(held) : newer;
    }

    /** Whether a call, an adoption or a first list was about it so lately that a list may have been written without it. */
    boolean isFresh(Allocation held) {
        return isWithin(rules.grace(), facts(held).touchedAt());
    }

    /** Whether the API has said within the grace that the VPS's MAC is the VPS's. */
    boolean isVouchedFor(Allocation held) {
        return facts(held)
                .vouchedAt()
                .filter(when -> isWithin(rules.grace(), when))
                .isPresent();
    }

    /**
     * Whether every source that is still heard of has left it out for long enough, one of them being a source that must
     * have known it. Whether it is in use is another question.
     */
    boolean isAbsent(Allocation held) {
        return isAbsent(held, true);
    }

    /** The same, but taking lists at their word that leave out implausibly much: enough to ask about a VPS, no more. */
    boolean isDoubtful(Allocation held) {
        return isAbsent(held, false);
    }

    private boolean isAbsent(Allocation held, boolean braked) {
        if (isFresh(held) || isVouchedFor(held)) {
            return false;
        }
        AllocationFacts facts = facts(held);
        boolean anyMustKnow = false;
        for (Map.Entry<ListSource, SourceState> source : sources.entrySet()) {
            if (!isWithin(rules.sourceMemory(), source.getValue().lastListAt())) {
                continue;
            }
            SourceListing listing = facts.listings().get(source.getKey());
            if (listing == null || !isOmission(listing, braked ? graceOf(source.getValue(), listing) : rules.grace())) {
                return false;
            }
            anyMustKnow |= speaksFor(source.getKey(), held);
        }
        return anyMustKnow;
    }

    private boolean isOmission(SourceListing listing, Duration grace) {
        return listing.word() == Word.OMITTED
                && listing.lists() >= SyncRules.MIN_LISTS
                && !isWithin(grace, listing.since());
    }

    private Duration graceOf(SourceState source, SourceListing listing) {
        boolean accepted = source.acceptedAt()
                .filter(when -> !listing.since().isAfter(when))
                .isPresent();
        return source.implausibleSince().isEmpty() || accepted ? rules.grace() : rules.implausibleGrace();
    }

    /**
     * Whether the source's silence about this allocation means anything: not where its database never had it. A new
     * instance of an API speaks for what the others of that API have listed; two APIs have no VPS in common.
     */
    boolean speaksFor(ListSource source, Allocation held) {
        AllocationFacts facts = facts(held);
        return !facts.wasEverListed()
                || facts.listings().entrySet().stream()
                        .filter(listing -> listing.getValue().everNamed())
                        .anyMatch(listing ->
                                listing.getKey().equals(source) || kinOf(source).contains(listing.getKey()));
    }

    /**
     * Whether a source that must know the allocation is heard of: then its API is among those that answer questions. What no
     * list has ever named may be any API's, so all of them must be heard of.
     */
    boolean isSpokenFor(Allocation held) {
        if (!facts(held).wasEverListed()) {
            return !sources.isEmpty() && isEverySourceHeardOf();
        }
        return sources.entrySet().stream()
                .filter(source -> isWithin(rules.grace(), source.getValue().lastListAt()))
                .anyMatch(source -> speaksFor(source.getKey(), held));
    }

    /** Whether no source is away that may know what the others do not. */
    boolean isEverySourceHeardOf() {
        return sources.values().stream().allMatch(this::isHeardOfOrForgotten);
    }

    private boolean isHeardOfOrForgotten(SourceState source) {
        return isWithin(rules.grace(), source.lastListAt()) || !isWithin(rules.sourceMemory(), source.lastListAt());
    }

    private Set<ListSource> kinOf(ListSource source) {
        return kin.computeIfAbsent(source, this::sourcesThatShareAVps);
    }

    private Set<ListSource> sourcesThatShareAVps(ListSource source) {
        Set<ListSource> sharing = new HashSet<>();
        for (Allocation held : state.all()) {
            Map<ListSource, SourceListing> listings = facts(held).listings();
            SourceListing own = listings.get(source);
            if (own != null && own.word() != Word.OMITTED) {
                listings.forEach((other, listing) -> {
                    if (listing.everNamed()) {
                        sharing.add(other);
                    }
                });
            }
        }
        return sharing;
    }

    /**
     * Whether a list of this source may give the VPS another address, or its address to another VPS. A VPS that is in use
     * is moved only by a source that has named it as it is: other sources have nothing new to say about it.
     */
    boolean mayBeMoved(Allocation held, ListSource source, boolean inUse) {
        if (isFresh(held)) {
            return false;
        }
        Map<ListSource, SourceListing> listings = facts(held).listings();
        boolean contradicted = sources.entrySet().stream()
                .filter(other -> !other.getKey().equals(source))
                .filter(other -> isWithin(rules.grace(), other.getValue().lastListAt()))
                .map(other -> listings.get(other.getKey()))
                .anyMatch(listing -> listing != null && listing.word() == Word.NAMED);
        SourceListing own = listings.get(source);
        return !contradicted && (!inUse || own != null && own.everNamed());
    }

    private boolean isWithin(Duration span, Instant when) {
        return at.isBefore(when.plus(span));
    }
}
