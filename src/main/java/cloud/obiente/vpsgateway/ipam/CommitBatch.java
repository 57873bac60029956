package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The commands of one commit, each decided on the state that the one before has left. Lives on the writer thread until the
 * commit. Nothing has to be undone when the commit fails: the state before it is still there, because snapshots do not
 * change.
 */
final class CommitBatch {
    private final Instant at;
    private final List<AllocationChange> changes = new ArrayList<>();
    private final List<AuditEvent> events = new ArrayList<>();
    private final Set<Ipv4Address> touched = new LinkedHashSet<>();
    private final Set<MacAddress> macs = new LinkedHashSet<>();
    private final Set<ListSource> sources = new LinkedHashSet<>();
    private final IpamSnapshot begun;
    private IpamSnapshot state;

    CommitBatch(IpamSnapshot state, Instant at) {
        this.begun = state;
        this.state = state;
        this.at = at;
    }

    /** @throws RuntimeException when the decision fails or breaks a rule; then it has changed nothing */
    <T> Outcome<T> decide(Decision<T> decision, Caller caller, AuditEvent.Action action) {
        IpamSnapshot before = decision.upon(state);
        Outcome<T> outcome = decision.decide(before, at);
        if (outcome instanceof Outcome.Done<T> done) {
            state = before;
            Optional<Ipv4Address> told = action.isNewsToLists() ? decision.confirmed(done.value()) : Optional.empty();
            if (!done.changes().isEmpty() || !done.learnt().isNothing() || told.isPresent()) {
                state = before.after(done.changes(), done.learnt(), told, action, at);
                note(done, caller, action);
                told.ifPresent(touched::add);
            }
        }
        return outcome;
    }

    private void note(Outcome.Done<?> done, Caller caller, AuditEvent.Action action) {
        for (AllocationChange change : done.changes()) {
            changes.add(change);
            events.add(new AuditEvent(at, caller, nameOf(change, action), change));
            touched.addAll(change.addresses());
            Stream.of(change.before(), change.after())
                    .flatMap(Optional::stream)
                    .map(Allocation::mac)
                    .flatMap(Optional::stream)
                    .forEach(macs::add);
        }
        KnowledgeUpdate learnt = done.learnt();
        touched.addAll(learnt.facts().keySet());
        touched.addAll(learnt.settled());
        learnt.unclaimed().forEach(lease -> touched.add(lease.address()));
        sources.addAll(learnt.sources().keySet());
        sources.addAll(learnt.forgotten());
    }

    /** A call takes an address from another VPS only where that one was gone. */
    private static AuditEvent.Action nameOf(AllocationChange change, AuditEvent.Action action) {
        return action == AuditEvent.Action.ALLOCATE && change.after().isEmpty() ? AuditEvent.Action.RECLAIM : action;
    }

    IpamSnapshot state() {
        return state;
    }

    List<AllocationChange> changes() {
        return List.copyOf(changes);
    }

    /** Whether there is nothing to be made durable. */
    boolean isEmpty() {
        return touched.isEmpty() && sources.isEmpty();
    }

    StoreBatch batch() {
        Map<ListSource, SourceState> known = state.sources();
        macs.addAll(state.knowledge.noLongerSuperseded(begun.knowledge));
        return new StoreBatch(
                touched,
                known(touched, state::at).stream()
                        .map(held -> new StoreBatch.Held(held, state.facts(held)))
                        .toList(),
                known(touched, state::releasedAt),
                known(touched, state::unclaimedAt),
                macs,
                known(macs, state::superseded),
                sources.stream().filter(known::containsKey).collect(Collectors.toMap(Function.identity(), known::get)),
                sources.stream().filter(source -> !known.containsKey(source)).collect(Collectors.toSet()),
                events);
    }

    private static <K, V> List<V> known(Set<K> keys, Function<K, Optional<V>> lookUp) {
        return keys.stream().map(lookUp).flatMap(Optional::stream).toList();
    }
}
