package cloud.obiente.vpsgateway.hostnet.guard;

/**
 * What somebody else did to the guard, and was mended.
 *
 * @param kind the label of a metric
 * @param found what it was, in one line for people
 */
public record GuardDamage(Kind kind, String found) {

    /** The sort of thing that was changed or removed. */
    public enum Kind {
        /** A table, a chain, a rule or the declaration of a set. */
        RULES,
        /** An element of a set: missing, or there and not ours. */
        ELEMENT,
        /** A permanent neighbour entry. */
        NEIGHBOUR
    }
}
