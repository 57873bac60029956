package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What happened to the holding of one VPS. The changes of one command belong together: after a swap, the {@code after} of
 * the one stands on the {@code before} of the other, so all befores go before any after comes.
 *
 * @param before what the VPS held; empty when the allocation is new
 * @param after what it holds now; empty when the allocation has ended
 */
public record AllocationChange(Optional<Allocation> before, Optional<Allocation> after) {

    /** @throws IllegalArgumentException when both are empty, equal, or of different VPSs */
    public AllocationChange {
        if (before.equals(after)) {
            throw new IllegalArgumentException("no change: " + before);
        }
        if (before.isPresent()
                && after.isPresent()
                && !before.get().vps().equals(after.get().vps())) {
            throw new IllegalArgumentException("a change of two VPSs: " + before.get() + " to " + after.get());
        }
    }

    public static AllocationChange added(Allocation after) {
        return new AllocationChange(Optional.empty(), Optional.of(after));
    }

    public static AllocationChange ended(Allocation before) {
        return new AllocationChange(Optional.of(before), Optional.empty());
    }

    /** The way from the one to the other; none when they are equal. */
    public static List<AllocationChange> between(Optional<Allocation> before, Allocation after) {
        return before.equals(Optional.of(after))
                ? List.of()
                : List.of(new AllocationChange(before, Optional.of(after)));
    }

    /** The change that takes this one back. */
    public AllocationChange inverse() {
        return new AllocationChange(after, before);
    }

    /** The one or two addresses whose holder or binding is different now. */
    public Set<Ipv4Address> addresses() {
        return Stream.of(before, after)
                .flatMap(Optional::stream)
                .map(Allocation::address)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** What the change is about: the allocation as it is now, or as it was when it has ended. */
    public Allocation subject() {
        return after.or(() -> before).orElseThrow();
    }
}
