package cloud.obiente.vpsgateway.connections;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * All connections of one port, and those of them that carry no call, the idlest first. A new connection that finds no place
 * takes that of the idlest one, of its own address where that has its share; one that carries a call is never ended.
 *
 * <p>Any thread, under its monitor; connections are asked to end outside of it, and do so on their event loops.
 */
public final class PortConnections {
    private static final Logger LOG = Logger.getLogger(PortConnections.class);
    private static final long LOG_INTERVAL_NANOS = 60_000_000_000L;

    private final String port;
    private final ConnectionLimits limits;
    private final LongSupplier nanoTime;
    private final ConnectionListener listener;
    /** How many there may be beyond the limits while others, which have been asked to go, have not gone yet. */
    private final int overhang;

    private final Map<InetAddress, Peer> peers = new HashMap<>();
    /** Since when, in the order in which they became idle. */
    private final Map<OpenConnection, Long> idleSince = new LinkedHashMap<>();

    private int open;
    private long refusedSinceLogged;
    private Optional<Long> lastLogged = Optional.empty();

    /**
     * @param port for the log
     * @param nanoTime for durations
     */
    public PortConnections(String port, ConnectionLimits limits, LongSupplier nanoTime, ConnectionListener listener) {
        this.port = port;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.overhang = Math.max(1, limits.max() / 8);
    }

    /** How many are open. */
    public synchronized int open() {
        return open;
    }

    /** How many of them carry no call. */
    public synchronized int withoutCall() {
        return idleSince.size();
    }

    ConnectionListener listener() {
        return listener;
    }

    /**
     * Takes a place for a new connection, which counts as busy until {@link #idle} is called.
     *
     * @return whether there is one; then {@link #gone} is called once
     */
    boolean admit(OpenConnection connection) {
        Optional<OpenConnection> evicted = Optional.empty();
        synchronized (this) {
            Peer peer = peers.computeIfAbsent(connection.peer(), address -> new Peer());
            boolean ownShareTaken = peer.open >= limits.maxOfPeer();
            if (ownShareTaken || open >= limits.max()) {
                evicted = ownShareTaken ? peer.idlest() : idlest();
                if (evicted.isEmpty() || tooManyAreLeaving(peer)) {
                    refusedSinceLogged++;
                    listener.refused();
                    forgetIfEmpty(connection.peer(), peer);
                    return false;
                }
                removeIdle(evicted.get());
            }
            peer.open++;
            open++;
        }
        evicted.ifPresent(OpenConnection::evict);
        return true;
    }

    private boolean tooManyAreLeaving(Peer peer) {
        return open >= limits.max() + overhang || peer.open >= limits.maxOfPeer() + overhang;
    }

    /** It carries no call, from now on. */
    synchronized void idle(OpenConnection connection) {
        Peer peer = peers.get(connection.peer());
        if (peer != null) {
            idleSince.put(connection, nanoTime.getAsLong());
            peer.idle.add(connection);
        }
    }

    /** It carries a call, or is ending. */
    synchronized void busy(OpenConnection connection) {
        removeIdle(connection);
    }

    /** It is closed. */
    synchronized void gone(OpenConnection connection) {
        removeIdle(connection);
        Peer peer = peers.get(connection.peer());
        peer.open--;
        open--;
        forgetIfEmpty(connection.peer(), peer);
    }

    /** Ends what has been idle for the timeout. To be called about once a second, and more often for shorter timeouts. */
    public void tick() {
        List<OpenConnection> expired = new ArrayList<>();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            Iterator<Map.Entry<OpenConnection, Long>> longestFirst =
                    idleSince.entrySet().iterator();
            while (longestFirst.hasNext()) {
                Map.Entry<OpenConnection, Long> next = longestFirst.next();
                if (now - next.getValue() < limits.idleTimeout().toNanos()) {
                    break;
                }
                expired.add(next.getKey());
                longestFirst.remove();
                peers.get(next.getKey().peer()).idle.remove(next.getKey());
            }
            logRefusals(now);
        }
        expired.forEach(OpenConnection::timeOut);
    }

    private void logRefusals(long now) {
        boolean silent =
                lastLogged.filter(last -> now - last < LOG_INTERVAL_NANOS).isPresent();
        if (refusedSinceLogged > 0 && !silent) {
            LOG.warnf(
                    "refused %d connections to the %s port: %d are open, at most %d, and %d of one address, are allowed, and"
                            + " those that are open carry calls (GATEWAY_GRPC_MAX_CONNECTIONS)",
                    refusedSinceLogged, port, open, limits.max(), limits.maxOfPeer());
            refusedSinceLogged = 0;
            lastLogged = Optional.of(now);
        }
    }

    private Optional<OpenConnection> idlest() {
        return idleSince.keySet().stream().findFirst();
    }

    private void removeIdle(OpenConnection connection) {
        if (idleSince.remove(connection) != null) {
            peers.get(connection.peer()).idle.remove(connection);
        }
    }

    private void forgetIfEmpty(InetAddress address, Peer peer) {
        if (peer.open == 0) {
            peers.remove(address);
        }
    }

    /** What one address has. */
    private static final class Peer {
        private final Set<OpenConnection> idle = new LinkedHashSet<>();
        private int open;

        private Optional<OpenConnection> idlest() {
            return idle.stream().findFirst();
        }
    }
}
