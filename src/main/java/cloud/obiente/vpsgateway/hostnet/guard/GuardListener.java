package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Map;

/** Told of what the guard sees, on its thread; must be quick. */
public interface GuardListener {

    /**
     * The kernel's counts have been read.
     *
     * @param drops for each VPS that has a guarded address, how many packets that forged one were dropped since the start of
     *     the gateway; never less than before
     */
    void counted(Map<VpsId, Long> drops);

    /** Somebody else had changed what the kernel enforces; it is right again. */
    void mended(GuardDamage damage);
}
