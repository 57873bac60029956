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
     */
    record Done<T>(T value, List<Change> changes) implements Outcome<T> {
        public Done {
            changes = List.copyOf(changes);
        }
    }

    /** The command changed nothing. */
    record Refused<T>(Refusal refusal) implements Outcome<T> {}
}
