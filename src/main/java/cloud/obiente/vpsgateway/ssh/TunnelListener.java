package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import java.time.Duration;
import java.util.Optional;

/** Hears of tunnels; called on their event loops, must be short and thread-safe. */
public interface TunnelListener {

    /**
     * A tunnel has reached its VPS.
     *
     * @param holder whose address it leads to; empty when nobody holds it here
     * @return hears of this tunnel
     */
    Traffic connected(Optional<Allocation> holder);

    /** Hears of one tunnel. */
    interface Traffic {
        /** Bytes that came from the VPS. */
        void in(int bytes);

        /** Bytes that went to the VPS. */
        void out(int bytes);

        /** The last that is heard. */
        void ended(Duration lasted);
    }
}
