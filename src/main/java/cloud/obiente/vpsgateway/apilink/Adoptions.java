package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Allocations that this gateway makes by itself and that the API is not known to have: syncs leave them alone and report
 * them. That an answer was written does not mean that it was read, stored, or known to another instance of the API. So that
 * ends when a list names the VPS, or some time after the first report. Any thread; guarded by its monitor.
 */
public final class Adoptions {
    /** For how long after the first report a list may still have been written without it. */
    static final Duration REPORTED_FOR = Duration.ofMinutes(10);

    private final Supplier<IpamSnapshot> allocations;
    private final Clock steady;
    private final Map<VpsId, Allocation> unlisted = new LinkedHashMap<>();
    /** When each of those that were reported was, for the first time. */
    private final Map<VpsId, Instant> reported = new HashMap<>();
    /** Once for each adoption that has begun, and not ended: the store may have it already, and nobody knows yet. */
    private final List<VpsId> underWay = new ArrayList<>();

    /**
     * What a sync has to know of.
     *
     * @param made to be reported to the API, and left alone
     * @param underWay to be left alone
     */
    public record Unlisted(List<Allocation> made, Set<VpsId> underWay) {
        public Unlisted {
            made = List.copyOf(made);
            underWay = Set.copyOf(underWay);
        }

        /** Whose allocations the API cannot be expected to list yet. */
        public Set<VpsId> vpss() {
            Set<VpsId> all = new HashSet<>(underWay);
            made.forEach(allocation -> all.add(allocation.vps()));
            return all;
        }
    }

    /** @param steady for how long something has lasted: a clock that nobody sets */
    public Adoptions(Supplier<IpamSnapshot> allocations, Clock steady) {
        this.allocations = allocations;
        this.steady = steady;
    }

    /** Those of an earlier run, of which nobody remembers whether they were reported. */
    public synchronized void resume(Collection<Allocation> earlier) {
        earlier.forEach(allocation -> unlisted.put(allocation.vps(), allocation));
    }

    /** To be called before anything is decided, and followed by {@link #made} or {@link #failed}. */
    synchronized void begin(VpsId vps) {
        underWay.add(vps);
    }

    synchronized void made(Allocation adopted) {
        underWay.remove(adopted.vps());
        unlisted.put(adopted.vps(), adopted);
        reported.remove(adopted.vps());
    }

    synchronized void failed(VpsId vps) {
        underWay.remove(vps);
    }

    /** Those that still stand, each once. */
    public synchronized Unlisted unlisted() {
        Instant now = steady.instant();
        unlisted.values()
                .removeIf(adopted ->
                        reported.getOrDefault(adopted.vps(), Instant.MAX).isBefore(now.minus(REPORTED_FOR))
                                || standing(List.of(adopted)).isEmpty());
        reported.keySet().retainAll(unlisted.keySet());
        return new Unlisted(standing(unlisted.values()), Set.copyOf(underWay));
    }

    /** A list names these VPSs: the API knows them. */
    public synchronized void listed(Set<VpsId> vpss) {
        unlisted.keySet().removeAll(vpss);
        reported.keySet().removeAll(vpss);
    }

    /** These were in an answer whose caller had not gone. */
    public synchronized void reported(Collection<Allocation> told) {
        Instant now = steady.instant();
        told.stream().map(Allocation::vps).filter(unlisted::containsKey).forEach(vps -> reported.putIfAbsent(vps, now));
    }

    /** Those that the API has not released or moved, as they are now: of the others there is nothing to tell. */
    public List<Allocation> standing(Collection<Allocation> adopted) {
        IpamSnapshot now = allocations.get();
        return adopted.stream()
                .flatMap(made ->
                        now.privateOf(made.vps()).filter(held -> held.address().equals(made.address())).stream())
                .toList();
    }
}
