package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Allocations that this gateway made by itself and has not told the API about: the next sync does. Until then the API
 * cannot list them, so that sync leaves them alone. Any thread; guarded by its monitor.
 */
public final class Adoptions {
    private final Map<VpsId, Allocation> untold = new LinkedHashMap<>();

    synchronized void add(Allocation adopted) {
        untold.put(adopted.vps(), adopted);
    }

    /** All of them, each once: whoever takes them tells the API, or gives them back. */
    public synchronized List<Allocation> take() {
        List<Allocation> taken = List.copyOf(untold.values());
        untold.clear();
        return taken;
    }

    /** They could not be told. */
    public synchronized void giveBack(Collection<Allocation> taken) {
        taken.forEach(allocation -> untold.putIfAbsent(allocation.vps(), allocation));
    }
}
