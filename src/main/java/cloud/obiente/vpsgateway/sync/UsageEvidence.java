package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;

/** Whether somebody lives at an address. Asked on any thread, the writer's among them: must answer at once. */
@FunctionalInterface
public interface UsageEvidence {
    /** What is known now. Whoever is told that it is not known may be told more when asking again in a minute. */
    Usage of(Allocation held);

    /** Whether the VPS may use what it holds: unless it is known not to. Whoever takes something away asks this. */
    default boolean isInUse(Allocation held) {
        return of(held) != Usage.UNUSED;
    }

    /** Whether the VPS is known to use what it holds: by a live lease, or because it answers. */
    default boolean isSeen(Allocation held) {
        return of(held) == Usage.IN_USE;
    }

    /** Either is enough to be in use, and both are needed to be unused. The second is asked only where the first has seen nothing. */
    default UsageEvidence or(UsageEvidence other) {
        return held -> {
            Usage first = of(held);
            return first == Usage.IN_USE ? first : first.or(other.of(held));
        };
    }
}
