package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.RebindChanges;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the API's answer about its MAC means for a lease that nobody has claimed. The VPS that it names gets the address that
 * its NIC has, in whatever mode this gateway runs, because the lease is this gateway's own. Nobody's, asked twice a grace
 * apart while every API whose VPSs are here is heard of: the lease may end. The VPS is left with what it has where that is in
 * use: then this is another NIC of it.
 *
 * @param lease as it was when the question was asked
 */
record LeaseClaim(UnclaimedLease lease, MacAnswer answer, SyncRules rules, UsageEvidence evidence)
        implements Decision<Optional<Allocation>> {

    @Override
    public Outcome<Optional<Allocation>> decide(IpamSnapshot state, Instant at) {
        if (state.unclaimedAt(lease.address()).filter(lease::equals).isEmpty()) {
            return nothing();
        }
        if (answer instanceof MacAnswer.Found found) {
            Optional<Allocation> held = state.privateOf(found.vps());
            return held.filter(evidence::isInUse).isPresent() ? nothing() : claimed(found, held, state, at);
        }
        if (answer instanceof MacAnswer.NotFound
                && new AllocationStanding(state, Map.of(), state.sources(), rules, at).isEverySourceHeardOf()) {
            UnclaimedLease denied = lease.denied(at);
            boolean again = lease.deniedSince()
                    .filter(since -> !at.isBefore(since.plus(rules.grace())))
                    .isPresent();
            return new Done<>(
                    Optional.empty(),
                    List.of(),
                    again
                            ? new KnowledgeUpdate(Map.of(), Map.of(), Set.of(), List.of(), Set.of(lease.address()))
                            : new KnowledgeUpdate(Map.of(), Map.of(), Set.of(), List.of(denied), Set.of()));
        }
        return nothing();
    }

    private Done<Optional<Allocation>> claimed(
            MacAnswer.Found found, Optional<Allocation> held, IpamSnapshot state, Instant at) {
        Allocation claimed = held.map(
                        holding -> holding.moved(found.organization(), lease.address(), Optional.of(lease.mac()), at))
                .orElseGet(() -> new Allocation(
                        found.vps(),
                        found.organization(),
                        lease.address(),
                        Optional.of(lease.mac()),
                        at,
                        Allocation.Kind.PRIVATE));
        return new Done<>(Optional.of(claimed), RebindChanges.changes(state, held, claimed));
    }

    private static Done<Optional<Allocation>> nothing() {
        return new Done<>(Optional.empty(), List.of());
    }
}
