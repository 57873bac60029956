package cloud.obiente.vpsgateway.connections;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The connections of one port that have not shown what they are for, and whose addresses have shown no secret either; the
 * eldest first. Guarded by its owner's monitor.
 */
final class UnauthenticatedConnections {
    private final ConnectionLimits limits;
    private final Set<OpenConnection> all = new LinkedHashSet<>();
    private final Map<InetAddress, OfAddress> byAddress = new HashMap<>();

    /** What one address has, and how many of its connections have lately ended in vain. */
    private static final class OfAddress {
        private final Set<OpenConnection> open = new LinkedHashSet<>();
        private int inVain;

        private int weight() {
            return open.size() + inVain;
        }
    }

    UnauthenticatedConnections(ConnectionLimits limits) {
        this.limits = limits;
    }

    /** @param inVain how many connections of its address have lately ended without having shown what they were for */
    void add(OpenConnection connection, int inVain) {
        all.add(connection);
        OfAddress ofAddress = byAddress.computeIfAbsent(connection.peer(), address -> new OfAddress());
        ofAddress.open.add(connection);
        ofAddress.inVain = inVain;
    }

    void remove(OpenConnection connection) {
        if (all.remove(connection)) {
            OfAddress ofAddress = byAddress.get(connection.peer());
            ofAddress.open.remove(connection);
            if (ofAddress.open.isEmpty()) {
                byAddress.remove(connection.peer());
            }
        }
    }

    boolean isFull() {
        return all.size() >= limits.maxUnauthenticated();
    }

    boolean isFull(InetAddress address) {
        OfAddress ofAddress = byAddress.get(address);
        return ofAddress != null && ofAddress.open.size() >= limits.maxUnauthenticatedOfPeer();
    }

    Optional<OpenConnection> eldest() {
        return all.stream().findFirst();
    }

    Optional<OpenConnection> eldestOf(InetAddress address) {
        return Optional.ofNullable(byAddress.get(address))
                .flatMap(ofAddress -> ofAddress.open.stream().findFirst());
    }

    /**
     * Of the address that has most, those counted that have lately ended in vain: who comes alone, or for the first time, is let
     * alone for as long as others come in numbers, or again and again.
     */
    Optional<OpenConnection> eldestOfTheHeaviest() {
        int heaviest = 0;
        Optional<OpenConnection> eldest = Optional.empty();
        for (OpenConnection connection : all) {
            int weight = byAddress.get(connection.peer()).weight();
            if (weight > heaviest) {
                heaviest = weight;
                eldest = Optional.of(connection);
            }
        }
        return eldest;
    }
}
