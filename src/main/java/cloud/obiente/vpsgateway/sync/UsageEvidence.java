package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;

/** Whether somebody lives at an address. Asked on any thread, the writer's among them: must answer at once. */
@FunctionalInterface
public interface UsageEvidence {
    /** Whether the VPS is known to use what it holds: by a live lease, or because it answers. */
    boolean isInUse(Allocation held);

    /** Either is enough. */
    default UsageEvidence or(UsageEvidence other) {
        return held -> isInUse(held) || other.isInUse(held);
    }
}
