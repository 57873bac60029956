package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.SourceListing.Word;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One list, evaluated: what it says of each allocation, whether so little of it can be believed, and what follows for what it
 * leaves out. Lives on the writer thread for the length of one decision.
 */
final class ListEvaluation {
    private final ListSource source;
    private final IpamSnapshot state;
    private final Instant at;
    private final ListMentions words;
    private final Map<Ipv4Address, AllocationFacts> heard;
    private final Map<ListSource, SourceState> sources;
    private final Set<ListSource> forgotten;
    private final AllocationStanding standing;

    private ListEvaluation(
            ListDecision decision,
            IpamSnapshot state,
            Instant at,
            ListMentions words,
            Map<Ipv4Address, AllocationFacts> heard,
            Map<ListSource, SourceState> sources) {
        this.source = decision.source();
        this.state = state;
        this.at = at;
        this.words = words;
        this.heard = heard;
        this.sources = sources;
        this.forgotten = tooMany(sources);
        sources.keySet().removeAll(forgotten);
        this.standing = new AllocationStanding(state, heard, sources, decision.rules(), at);
    }

    static ListEvaluation of(ListDecision decision, IpamSnapshot state, Instant at) {
        ListMentions words = new ListMentions(decision.list());
        Map<Ipv4Address, AllocationFacts> heard = new HashMap<>();
        for (Allocation held : state.all()) {
            AllocationFacts before = state.facts(held);
            words.of(held)
                    .map(word -> before.listed(decision.source(), word, at))
                    .ifPresent(after -> {
                        if (!after.equals(before)) {
                            heard.put(held.address(), after);
                        }
                    });
        }
        Map<ListSource, SourceState> sources = new HashMap<>(state.sources());
        boolean implausible = isImplausible(
                decision, state, words, new AllocationStanding(state, heard, sources, decision.rules(), at));
        sources.merge(
                decision.source(),
                SourceState.next(Optional.empty(), at, implausible),
                (before, first) -> SourceState.next(Optional.of(before), at, implausible));
        return new ListEvaluation(decision, state, at, words, heard, sources);
    }

    /** Whether the list leaves out more than a list does that was written from a whole database. */
    private static boolean isImplausible(
            ListDecision decision, IpamSnapshot state, ListMentions words, AllocationStanding standing) {
        Set<VpsId> known = new HashSet<>();
        Set<VpsId> omitted = new HashSet<>();
        for (Allocation held : state.all()) {
            if (standing.speaksFor(decision.source(), held) && !standing.isFresh(held)) {
                known.add(held.vps());
                if (words.of(held).equals(Optional.of(Word.OMITTED))) {
                    omitted.add(held.vps());
                }
            }
        }
        return decision.list().isEmpty()
                ? !omitted.isEmpty()
                : omitted.size() > SyncRules.MAX_PLAUSIBLE_OMISSIONS
                        && omitted.size() * SyncRules.PLAUSIBLE_SHARE > known.size();
    }

    private static Set<ListSource> tooMany(Map<ListSource, SourceState> sources) {
        return sources.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<ListSource, SourceState> entry) ->
                                entry.getValue().lastListAt())
                        .reversed())
                .skip(SyncRules.MAX_SOURCES)
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    AllocationStanding standing() {
        return standing;
    }

    /** What nobody has named for long enough, this list among the silent; used or not. */
    List<Allocation> releasable() {
        return state.all().stream()
                .filter(held -> words.of(held).equals(Optional.of(Word.OMITTED)))
                .filter(standing::isAbsent)
                .toList();
    }

    /**
     * What the list leaves out and the API should have: what no list has ever named, what the API has answered for when it
     * was asked, and everything when the list is not to be believed.
     */
    List<Allocation> discovered() {
        boolean implausible = sources.get(source).implausibleSince().isPresent();
        return state.all().stream()
                .filter(held -> words.of(held).equals(Optional.of(Word.OMITTED)) || isNews(held))
                .filter(held -> !standing.facts(held).wasEverListed()
                        || standing.isVouchedFor(held)
                        || implausible && standing.speaksFor(source, held))
                .toList();
    }

    /** A list without private entries says nothing against a private address that is news to the API. */
    private boolean isNews(Allocation held) {
        return words.of(held).isEmpty() && !standing.facts(held).wasEverListed();
    }

    /** The knowledge to store, with the changes that follow from the list. */
    KnowledgeUpdate learnt(List<AllocationChange> changes) {
        Map<Ipv4Address, AllocationFacts> facts = new HashMap<>(heard);
        changes.forEach(change -> change.before().map(Allocation::address).ifPresent(facts::remove));
        changes.forEach(change ->
                change.after().ifPresent(after -> facts.put(after.address(), factsAfter(change.before(), after))));
        return new KnowledgeUpdate(facts, Map.of(source, sources.get(source)), forgotten, List.of(), Set.of());
    }

    private AllocationFacts factsAfter(Optional<Allocation> before, Allocation after) {
        AllocationFacts known = before.map(held -> held.address().equals(after.address())
                        ? standing.facts(held)
                        : standing.facts(held).moved())
                .orElseGet(() -> AllocationFacts.made(AllocationFacts.Origin.LISTED, at));
        return known.listed(source, Word.NAMED, at);
    }
}
