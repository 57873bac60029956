package cloud.obiente.vpsgateway.connections;

import java.util.Optional;
import org.jboss.logging.Logger;

/** Says once a minute how many connections were refused for want of places. Guarded by its owner's monitor. */
final class RefusalLog {
    private static final Logger LOG = Logger.getLogger(PortConnections.class);
    private static final long INTERVAL_NANOS = 60_000_000_000L;

    private final String port;
    private final ConnectionLimits limits;
    private long refused;
    private Optional<Long> lastLogged = Optional.empty();

    RefusalLog(String port, ConnectionLimits limits) {
        this.port = port;
        this.limits = limits;
    }

    void add() {
        refused++;
    }

    /** @param open how many connections there are */
    void log(long now, int open) {
        boolean silent = lastLogged.filter(last -> now - last < INTERVAL_NANOS).isPresent();
        if (refused > 0 && !silent) {
            LOG.warnf(
                    "refused %d connections to the %s port: %d are open, at most %d, and %d of one address, are allowed, and"
                            + " those that are open carry calls (GATEWAY_GRPC_MAX_CONNECTIONS)",
                    refused, port, open, limits.max(), limits.maxOfPeer());
            refused = 0;
            lastLogged = Optional.of(now);
        }
    }
}
