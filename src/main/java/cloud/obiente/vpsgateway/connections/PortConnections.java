package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.Block;
import cloud.obiente.vpsgateway.connections.ConnectionListener.CloseReason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
 * All connections of one port. A new connection of an address that has not shown the secret takes the place of the eldest
 * such connection, of the address that has most, if there are too many; one that finds no place at all takes that of the idlest one, of its own address
 * where that has its share. One that has shown the secret and carries a call is never ended.
 *
 * <p>Any thread, under its monitor; connections are asked to end outside of it, and do so on their event loops.
 */
public final class PortConnections {
    private static final Logger LOG = Logger.getLogger(PortConnections.class);
    private static final long LOG_INTERVAL_NANOS = 60_000_000_000L;

    private final String port;
    private final ConnectionLimits limits;
    private final LongSupplier nanoTime;
    private final PeerAddresses addresses;
    private final ConnectionListener listener;
    /** How many there may be beyond the limits while others, which have been asked to go, have not gone yet. */
    private final int overhang;

    private final Map<InetAddress, Peer> peers = new HashMap<>();
    /** Since when, in the order in which they became idle. */
    private final Map<OpenConnection, Long> idleSince = new LinkedHashMap<>();
    /** Since when they are open, the eldest first: all that have not shown what they are for. */
    private final Map<OpenConnection, Long> unproven = new LinkedHashMap<>();
    /** Of them, those whose addresses had shown no secret either. */
    private final Set<OpenConnection> unauthenticated = new LinkedHashSet<>();
    /** Those that were asked to end, and are still open. */
    private final Set<OpenConnection> leaving = new HashSet<>();

    private int open;
    private long refusedSinceLogged;
    private Optional<Long> lastLogged = Optional.empty();

    /**
     * @param port for the log
     * @param nanoTime for durations
     * @param addresses what the peers have shown
     */
    public PortConnections(
            String port,
            ConnectionLimits limits,
            LongSupplier nanoTime,
            PeerAddresses addresses,
            ConnectionListener listener) {
        this.port = port;
        this.limits = limits;
        this.nanoTime = nanoTime;
        this.addresses = addresses;
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

    /** How many of them have not shown what they are for. */
    public synchronized int unproven() {
        return unproven.size();
    }

    ConnectionListener listener() {
        return listener;
    }

    PeerAddresses addresses() {
        return addresses;
    }

    LongSupplier nanoTime() {
        return nanoTime;
    }

    /**
     * Takes a place for a new connection, which counts as busy until {@link #idle} is called.
     *
     * @return whether there is one; then {@link #gone} is called once
     */
    boolean admit(OpenConnection connection) {
        if (!addresses.mayConnect(connection.peer())) {
            listener.blocked(Block.BANNED);
            return false;
        }
        boolean isUnauthenticated = !addresses.isProven(connection.peer());
        Optional<OpenConnection> evicted = Optional.empty();
        synchronized (this) {
            Peer peer = peers.computeIfAbsent(connection.peer(), address -> new Peer());
            if (isFull(peer, isUnauthenticated)) {
                evicted = leaving.size() < overhang ? toMakePlace(peer, isUnauthenticated) : Optional.empty();
                if (evicted.isEmpty()) {
                    refusedSinceLogged++;
                    listener.refused();
                    forgetIfEmpty(connection.peer(), peer);
                    return false;
                }
                leave(evicted.get());
            }
            peer.open++;
            open++;
            unproven.put(connection, nanoTime.getAsLong());
            if (isUnauthenticated) {
                unauthenticated.add(connection);
                peer.unauthenticated.add(connection);
            }
        }
        evicted.ifPresent(victim -> victim.evict(CloseReason.EVICTED));
        return true;
    }

    private boolean isFull(Peer peer, boolean isUnauthenticated) {
        return open - leaving.size() >= limits.max()
                || peer.open - peer.leaving >= limits.maxOfPeer()
                || (isUnauthenticated
                        && (unauthenticated.size() >= limits.maxUnauthenticated()
                                || peer.unauthenticated.size() >= limits.maxUnauthenticatedOfPeer()));
    }

    private Optional<OpenConnection> toMakePlace(Peer peer, boolean isUnauthenticated) {
        if (isUnauthenticated && peer.unauthenticated.size() >= limits.maxUnauthenticatedOfPeer()) {
            return first(peer.unauthenticated);
        }
        if (isUnauthenticated && unauthenticated.size() >= limits.maxUnauthenticated()) {
            return eldestOfTheMostNumerous();
        }
        return peer.open - peer.leaving >= limits.maxOfPeer()
                ? first(peer.idle).or(() -> first(peer.unauthenticated))
                : first(idleSince.keySet()).or(() -> first(unauthenticated));
    }

    /** Of the address that has most: who comes alone is let alone for as long as others come in numbers. */
    private Optional<OpenConnection> eldestOfTheMostNumerous() {
        int most = 0;
        Optional<OpenConnection> eldest = Optional.empty();
        for (OpenConnection connection : unauthenticated) {
            int ofPeer = peers.get(connection.peer()).unauthenticated.size();
            if (ofPeer > most) {
                most = ofPeer;
                eldest = Optional.of(connection);
            }
        }
        return eldest;
    }

    private static Optional<OpenConnection> first(Set<OpenConnection> eldestFirst) {
        return eldestFirst.stream().findFirst();
    }

    /** It has shown what it is for, and counts as its port's own from now on. */
    synchronized void proved(OpenConnection connection) {
        unproven.remove(connection);
        removeUnauthenticated(connection);
        stay(connection);
    }

    /** It carries no call, from now on. */
    synchronized void idle(OpenConnection connection) {
        Peer peer = peers.get(connection.peer());
        if (peer != null) {
            stay(connection);
            idleSince.put(connection, nanoTime.getAsLong());
            peer.idle.add(connection);
        }
    }

    /** It carries a call, or is ending. */
    synchronized void busy(OpenConnection connection) {
        removeIdle(connection);
        stay(connection);
    }

    /** It is closed. */
    synchronized void gone(OpenConnection connection) {
        removeIdle(connection);
        unproven.remove(connection);
        removeUnauthenticated(connection);
        stay(connection);
        Peer peer = peers.get(connection.peer());
        peer.open--;
        open--;
        forgetIfEmpty(connection.peer(), peer);
    }

    /**
     * Ends what has been idle for the timeout, or has not shown in time what it is for. To be called about once a second, and
     * more often for shorter timeouts.
     */
    public void tick() {
        List<OpenConnection> expired = new ArrayList<>();
        List<OpenConnection> late = new ArrayList<>();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            takeThoseSince(unproven, now, connection -> limits.proofTimeout(), late);
            late.forEach(this::leave);
            takeThoseSince(
                    idleSince,
                    now,
                    connection -> connection.isHttp2() ? limits.idleTimeout() : limits.http1IdleTimeout(),
                    expired);
            expired.forEach(connection -> peers.get(connection.peer()).idle.remove(connection));
            logRefusals(now);
        }
        late.forEach(connection -> connection.evict(CloseReason.UNPROVEN));
        expired.forEach(OpenConnection::timeOut);
    }

    /** How long a connection may go on. */
    private interface Timeout {
        Duration of(OpenConnection connection);
    }

    private static void takeThoseSince(
            Map<OpenConnection, Long> since, long now, Timeout timeout, List<OpenConnection> taken) {
        Iterator<Map.Entry<OpenConnection, Long>> all = since.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<OpenConnection, Long> next = all.next();
            if (now - next.getValue() >= timeout.of(next.getKey()).toNanos()) {
                taken.add(next.getKey());
                all.remove();
            }
        }
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

    /** It is asked to end, and nobody else's place is made by it once more. */
    private void leave(OpenConnection connection) {
        removeIdle(connection);
        removeUnauthenticated(connection);
        if (leaving.add(connection)) {
            peers.get(connection.peer()).leaving++;
        }
    }

    /** It does not end, after all, or has ended. */
    private void stay(OpenConnection connection) {
        if (leaving.remove(connection)) {
            peers.get(connection.peer()).leaving--;
        }
    }

    private void removeIdle(OpenConnection connection) {
        if (idleSince.remove(connection) != null) {
            peers.get(connection.peer()).idle.remove(connection);
        }
    }

    private void removeUnauthenticated(OpenConnection connection) {
        if (unauthenticated.remove(connection)) {
            peers.get(connection.peer()).unauthenticated.remove(connection);
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
        private final Set<OpenConnection> unauthenticated = new LinkedHashSet<>();
        private int open;
        private int leaving;
    }
}
