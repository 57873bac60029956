package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The commands of one commit, decided one upon the other. Lives on the writer thread until the commit. Nothing has to be
 * undone when the commit fails: the state before it is still there, because snapshots do not change.
 */
final class Round {
    private final Instant at;
    private final List<Change> changes = new ArrayList<>();
    private final List<AuditEvent> events = new ArrayList<>();
    private final Collection<SyncArrival> waitingSyncs;
    private IpamSnapshot state;

    /** @param waitingSyncs learn which VPSs the commands are about */
    Round(IpamSnapshot state, Instant at, Collection<SyncArrival> waitingSyncs) {
        this.state = state;
        this.at = at;
        this.waitingSyncs = waitingSyncs;
    }

    /** @throws RuntimeException when the decision fails or breaks a rule; then it has changed nothing */
    <T> Outcome<T> decide(Decision<T> decision, Caller caller, AuditEvent.Action action) {
        IpamSnapshot before = decision.upon(state);
        Outcome<T> outcome = decision.decide(before, at);
        if (outcome instanceof Outcome.Done<T> done) {
            state = before.after(done.changes(), at);
            for (Change change : done.changes()) {
                changes.add(change);
                events.add(new AuditEvent(at, caller, action, change));
            }
            if (action != AuditEvent.Action.SYNC) {
                tellWaitingSyncs(decision, done);
            }
        }
        return outcome;
    }

    /** Told of more than survives if the commit fails; then a sync leaves alone what it might have set, and the next does. */
    private <T> void tellWaitingSyncs(Decision<T> decision, Outcome.Done<T> done) {
        for (SyncArrival sync : waitingSyncs) {
            decision.confirmed(done.value()).ifPresent(sync::note);
            done.changes().forEach(change -> sync.note(change.subject().vps()));
        }
    }

    IpamSnapshot state() {
        return state;
    }

    List<Change> changes() {
        return List.copyOf(changes);
    }

    Batch batch() {
        Set<Ipv4Address> touched = new LinkedHashSet<>();
        changes.forEach(change -> touched.addAll(change.addresses()));
        return new Batch(
                touched,
                touched.stream().map(state::at).flatMap(Optional::stream).toList(),
                touched.stream()
                        .map(state::releasedAt)
                        .flatMap(Optional::stream)
                        .toList(),
                events);
    }
}
