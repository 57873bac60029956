package cloud.obiente.vpsgateway.ipam;

import java.util.Comparator;

/**
 * Who sends lists of allocations: an instance of the API, and the name that it has for this node. Two instances need not
 * share a database, and one instance may be configured with this gateway under two names; each of these has lists of its own.
 *
 * @param instance the instance's id; for a list that came by a call, the caller's host
 * @param node may be empty
 */
public record ListSource(String instance, String node) implements Comparable<ListSource> {
    private static final Comparator<ListSource> ORDER =
            Comparator.comparing(ListSource::instance).thenComparing(ListSource::node);

    @Override
    public int compareTo(ListSource other) {
        return ORDER.compare(this, other);
    }

    /** {@code instance (node)}, for people. */
    @Override
    public String toString() {
        return node.isEmpty() ? instance : instance + " (" + node + ")";
    }
}
