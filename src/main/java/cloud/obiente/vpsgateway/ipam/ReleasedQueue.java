package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;

/**
 * The released addresses in the order of their release; immutable. Addresses outside the pool are kept too: the pool may
 * grow back over them, and then they are not new.
 */
final class ReleasedQueue {
    static final ReleasedQueue EMPTY = new ReleasedQueue(PersistentMap.empty(), PersistentMap.empty(), 1);

    private final PersistentMap<Long, ReleasedAddress> bySequence;
    private final PersistentMap<Ipv4Address, ReleasedAddress> byAddress;
    private final long nextSequence;

    private ReleasedQueue(
            PersistentMap<Long, ReleasedAddress> bySequence,
            PersistentMap<Ipv4Address, ReleasedAddress> byAddress,
            long nextSequence) {
        this.bySequence = bySequence;
        this.byAddress = byAddress;
        this.nextSequence = nextSequence;
    }

    static ReleasedQueue of(List<ReleasedAddress> released) {
        ReleasedQueue queue = EMPTY;
        for (ReleasedAddress address : released.stream()
                .sorted(Comparator.comparingLong(ReleasedAddress::sequence))
                .toList()) {
            queue = queue.with(address);
        }
        return queue;
    }

    ReleasedQueue append(Ipv4Address address, Instant releasedAt) {
        return with(new ReleasedAddress(address, releasedAt, nextSequence));
    }

    /** Remembers whose it was. */
    ReleasedQueue append(Allocation ended, Instant releasedAt, long revision) {
        return with(new ReleasedAddress(
                ended.address(),
                releasedAt,
                nextSequence,
                ended.isPrivate() ? Optional.of(ended.vps()) : Optional.empty(),
                ended.isPrivate() ? ended.mac() : Optional.empty(),
                revision));
    }

    /** What was released last of what that VPS had, or else that MAC; O(n). */
    Optional<ReleasedAddress> lastOf(VpsId vps, Optional<MacAddress> mac) {
        return last(address -> address.vps().equals(Optional.of(vps)))
                .or(() -> mac.flatMap(given -> last(address -> address.mac().equals(Optional.of(given)))));
    }

    private Optional<ReleasedAddress> last(Predicate<ReleasedAddress> condition) {
        AtomicReference<ReleasedAddress> last = new AtomicReference<>();
        bySequence.forEach(address -> {
            if (condition.test(address)) {
                last.setPlain(address);
            }
        });
        return Optional.ofNullable(last.getPlain());
    }

    /** Whose addresses commands with higher numbers have released; O(n). */
    Set<VpsId> vpsesReleasedAfter(long revision) {
        Set<VpsId> vpses = new HashSet<>();
        bySequence.forEach(address -> {
            if (address.revision() > revision) {
                address.vps().ifPresent(vpses::add);
            }
        });
        return vpses;
    }

    /** Whose addresses are remembered; O(n). */
    Set<VpsId> vpses() {
        return vpsesReleasedAfter(Long.MIN_VALUE);
    }

    private ReleasedQueue with(ReleasedAddress released) {
        return new ReleasedQueue(
                bySequence.with(released.sequence(), released),
                byAddress.with(released.address(), released),
                released.sequence() + 1);
    }

    ReleasedQueue without(Ipv4Address address) {
        return byAddress
                .get(address)
                .map(released -> new ReleasedQueue(
                        bySequence.without(released.sequence()), byAddress.without(address), nextSequence))
                .orElse(this);
    }

    Optional<ReleasedAddress> get(Ipv4Address address) {
        return byAddress.get(address);
    }

    /**
     * The acceptable address of the gateway's share that was released longest ago. Quarantine needs no branch here: when this one still
     * rests, all behind it do, and a resting address is taken only when nothing else is free.
     */
    Optional<Ipv4Address> longestReleased(AddressPool pool, Predicate<Ipv4Address> acceptable) {
        return bySequence
                .first(released -> pool.isSelectable(released.address()) && acceptable.test(released.address()))
                .map(ReleasedAddress::address);
    }

    /** How many of the addresses of the gateway's share still rest. */
    int quarantined(AddressPool pool, Duration quarantine, Instant now) {
        return (int) bySequence.values().stream()
                .filter(released -> pool.isSelectable(released.address()) && released.isQuarantined(quarantine, now))
                .count();
    }

    /** All of them, next for reuse first. */
    List<ReleasedAddress> inOrder() {
        return bySequence.values();
    }
}
