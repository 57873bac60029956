package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the guard has told, for any thread. */
final class Noted implements GuardListener {
    final Map<VpsId, Long> drops = new ConcurrentHashMap<>();
    final List<GuardDamage> mended = new CopyOnWriteArrayList<>();

    @Override
    public void counted(Map<VpsId, Long> counts) {
        drops.putAll(counts);
    }

    @Override
    public void mended(GuardDamage damage) {
        mended.add(damage);
    }
}
