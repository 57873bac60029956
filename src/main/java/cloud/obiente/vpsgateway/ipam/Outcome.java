package cloud.obiente.vpsgateway.ipam;

import java.util.List;

/**
 * The answer to a command.
 *
 * @param <T> what the caller wanted
 */
public sealed interface Outcome<T> {

    /**
     * The command holds, durably.
     *
     * @param changes what it changed, together; empty when everything was so already
     * @param learnt what it found out beside
     */
    record Done<T>(T value, List<AllocationChange> changes, KnowledgeUpdate learnt) implements Outcome<T> {
        public Done {
            changes = List.copyOf(changes);
        }

        public Done(T value, List<AllocationChange> changes) {
            this(value, changes, KnowledgeUpdate.NOTHING);
        }
    }

    /** The command changed nothing. */
    record Refused<T>(Refusal refusal) implements Outcome<T> {}
}
