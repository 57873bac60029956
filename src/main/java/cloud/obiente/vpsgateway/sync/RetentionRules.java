package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What nobody loses by one list. Lives on the writer thread for the length of one decision. */
final class RetentionRules {
    private final ListDecision decision;
    private final AllocationStanding standing;
    private final Set<VpsId> newer;
    private final Set<Allocation> released;
    private final Set<VpsId> withoutPrivateEntry = new HashSet<>();

    RetentionRules(
            ListDecision decision,
            IpamSnapshot state,
            AllocationStanding standing,
            Set<VpsId> newer,
            Set<Allocation> released) {
        this.decision = decision;
        this.standing = standing;
        this.newer = newer;
        this.released = released;
        Set<VpsId> named = new HashSet<>();
        decision.list().entries().stream()
                .filter(DesiredAllocation::isPrivate)
                .forEach(entry -> named.add(entry.vps()));
        state.allPrivate().stream()
                .filter(held -> !released.contains(held) && !named.contains(held.vps()))
                .forEach(held -> withoutPrivateEntry.add(held.vps()));
    }

    /** VPSs that keep their private address whatever is listed for others. */
    Set<VpsId> privately() {
        Set<VpsId> all = new HashSet<>(withoutPrivateEntry);
        all.addAll(decision.list().unreadable());
        all.addAll(newer);
        return all;
    }

    /** VPSs of which a call knows better than the list. */
    boolean isOutdatedFor(VpsId vps) {
        return newer.contains(vps);
    }

    /** Why an entry may not take this allocation from where it is; empty when it may. */
    Optional<String> objection(Allocation held) {
        if (released.contains(held)) {
            return Optional.empty();
        }
        if (newer.contains(held.vps()) || decision.list().unreadable().contains(held.vps())) {
            return Optional.of(held.vps() + " keeps " + held.address());
        }
        Usage usage = decision.evidence().of(held);
        return standing.mayBeMoved(held, decision.source(), usage != Usage.UNUSED)
                ? Optional.empty()
                : Optional.of(held.vps() + " keeps " + held.address() + ", which " + why(usage));
    }

    private static String why(Usage usage) {
        return switch (usage) {
            case IN_USE -> "it is using";
            case UNKNOWN -> "it may be using";
            case UNUSED -> "a call or another instance's list says";
        };
    }
}
