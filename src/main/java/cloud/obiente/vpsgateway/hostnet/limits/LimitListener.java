package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.ipam.VpsId;
import java.util.Map;

/** Told of what the limits do, on their thread; must be quick. */
public interface LimitListener {

    /**
     * The kernel's counts have been read.
     *
     * @param byVps for each VPS with a MAC address, how many of its packets were dropped since the start of the gateway;
     *     never less than before
     * @param ofUnknown the same for all MAC addresses together that are no VPS's, by kind
     */
    void dropped(Map<VpsId, Map<LimitKind, Long>> byVps, Map<LimitKind, Long> ofUnknown);

    /** Somebody else had changed or removed our table; it is right again. */
    void limitsMended();
}
