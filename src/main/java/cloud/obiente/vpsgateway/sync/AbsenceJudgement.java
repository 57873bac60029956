package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * What the API's answer about its MAC means for an allocation that is in use and that no list names: kept when the API says
 * that the MAC is its VPS's; released when it is another VPS's, or, asked twice a grace apart, nobody's. That it is nobody's
 * counts only while an API that must know it is heard of: another API's database never had it.
 *
 * @param held as it was when the question was asked; where it has changed since, or been named since, the answer takes nothing
 */
record AbsenceJudgement(Allocation held, MacAnswer answer, SyncRules rules) implements Decision<List<Allocation>> {

    @Override
    public Outcome<List<Allocation>> decide(IpamSnapshot state, Instant at) {
        if (!state.at(held.address()).filter(held::equals).isPresent()) {
            return new Done<>(List.of(), List.of());
        }
        AllocationFacts facts = state.facts(held);
        AllocationStanding standing = new AllocationStanding(state, Map.of(), state.sources(), rules, at);
        if (answer instanceof MacAnswer.Found found && found.vps().equals(held.vps())) {
            return learnt(facts.vouched(at));
        }
        // A call or a list may have named it while the question was on its way, which leaves the allocation as it was.
        if (!standing.isDoubtful(held)) {
            return new Done<>(List.of(), List.of());
        }
        if (answer instanceof MacAnswer.Found) {
            return released();
        }
        if (answer instanceof MacAnswer.NotFound && standing.isSpokenFor(held)) {
            AllocationFacts denied = facts.denied(at);
            boolean again = !at.isBefore(denied.deniedSince().orElse(at).plus(rules.grace()))
                    && facts.deniedSince().isPresent();
            return again ? released() : learnt(denied);
        }
        return new Done<>(List.of(), List.of());
    }

    private Done<List<Allocation>> learnt(AllocationFacts facts) {
        return new Done<>(List.of(), List.of(), KnowledgeUpdate.of(Map.of(held.address(), facts)));
    }

    private Done<List<Allocation>> released() {
        return new Done<>(List.of(held), List.of(AllocationChange.ended(held)));
    }
}
