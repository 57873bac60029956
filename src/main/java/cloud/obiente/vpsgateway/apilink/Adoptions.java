package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Allocations that this gateway makes by itself and has not told the API about: the next sync does. Until then the API
 * cannot list them, so that sync leaves them alone. Any thread; guarded by its monitor.
 */
public final class Adoptions {
    private final Supplier<IpamSnapshot> allocations;
    private final Map<VpsId, Allocation> untold = new LinkedHashMap<>();
    /** Once for each adoption that has begun, and not ended: the store may have it already, and nobody knows yet. */
    private final List<VpsId> underWay = new ArrayList<>();

    /**
     * What a sync has to know of.
     *
     * @param made to be told to the API, and left alone
     * @param underWay to be left alone
     */
    public record Untold(List<Allocation> made, Set<VpsId> underWay) {
        public Untold {
            made = List.copyOf(made);
            underWay = Set.copyOf(underWay);
        }

        /** Whose allocations the API cannot have listed yet. */
        public Set<VpsId> vpss() {
            Set<VpsId> all = new HashSet<>(underWay);
            made.forEach(allocation -> all.add(allocation.vps()));
            return all;
        }
    }

    public Adoptions(Supplier<IpamSnapshot> allocations) {
        this.allocations = allocations;
    }

    /** To be called before anything is decided, and followed by {@link #made} or {@link #failed}. */
    synchronized void begin(VpsId vps) {
        underWay.add(vps);
    }

    synchronized void made(Allocation adopted) {
        underWay.remove(adopted.vps());
        untold.put(adopted.vps(), adopted);
    }

    synchronized void failed(VpsId vps) {
        underWay.remove(vps);
    }

    /** Those that are made and still stand, each once: whoever takes them tells the API, or gives them back. */
    public synchronized Untold take() {
        Untold taken = new Untold(standing(untold.values()), Set.copyOf(underWay));
        untold.clear();
        return taken;
    }

    /** Those that the API has not released or moved, as they are now: of the others there is nothing to tell. */
    public List<Allocation> standing(Collection<Allocation> adopted) {
        IpamSnapshot now = allocations.get();
        return adopted.stream()
                .flatMap(made ->
                        now.privateOf(made.vps()).filter(held -> held.address().equals(made.address())).stream())
                .toList();
    }

    /** They could not be told. */
    public synchronized void giveBack(Collection<Allocation> taken) {
        taken.forEach(allocation -> untold.putIfAbsent(allocation.vps(), allocation));
    }
}
