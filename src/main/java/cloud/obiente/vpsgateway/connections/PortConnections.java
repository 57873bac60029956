package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.Block;
import cloud.obiente.vpsgateway.connections.ConnectionListener.CloseReason;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * All connections of one port. A new connection of an address that has not shown the secret takes the place of the eldest
 * such connection, of the address that has most and has had most in vain, if there are too many; one that finds no place at
 * all takes that of the idlest one, of its own address where that has its share. One that has shown the secret and carries a
 * call is never ended.
 *
 * <p>While as many are leaving as may be open beyond the limits, a new one waits until one of them has left: it may be that
 * of an API, which comes back in the midst of an attack.
 *
 * <p>Any thread, under its monitor; connections are asked to end outside of it, and do so on their event loops.
 */
public final class PortConnections {
    private final ConnectionLimits limits;
    private final LongSupplier nanoTime;
    private final PeerAddresses addresses;
    private final ConnectionListener listener;
    /** How many there may be beyond the limits while others, which have been asked to go, have not gone yet. */
    private final int overhang;

    private final Map<InetAddress, Peer> peers = new HashMap<>();
    /** Those that carry no call. */
    private final AgedConnections idle = new AgedConnections();
    /** Open ones that have not shown what they are for. */
    private final AgedConnections unproven = new AgedConnections();
    /** Of them, those whose addresses had shown no secret either. */
    private final UnauthenticatedConnections unauthenticated;
    /** Those that were asked to end, and are still open. */
    private final Set<OpenConnection> leaving = new HashSet<>();

    /** Told once when there may be a place again. */
    private final Set<Runnable> waiting = new LinkedHashSet<>();

    private final RefusalLog refusals;
    private int open;

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
        this.refusals = new RefusalLog(port, limits);
        this.limits = limits;
        this.unauthenticated = new UnauthenticatedConnections(limits);
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
        return idle.size();
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

    /** Whether its address may connect now; to be asked once for each new connection. */
    boolean mayConnect(InetAddress peer) {
        boolean may = addresses.mayConnect(peer);
        if (!may) {
            listener.blocked(Block.BANNED);
        }
        return may;
    }

    /**
     * Takes a place for a new connection, which counts as busy until {@link #idle} is called.
     *
     * @param askAgain is called when it is worth it, on any thread, if the connection was deferred
     */
    Admission admit(OpenConnection connection, Runnable askAgain) {
        boolean isUnauthenticated = !addresses.isProven(connection.peer());
        int inVain = addresses.inVain(connection.peer());
        Optional<OpenConnection> evicted = Optional.empty();
        synchronized (this) {
            Peer peer = peers.computeIfAbsent(connection.peer(), address -> new Peer());
            if (isFull(connection.peer(), isUnauthenticated)) {
                evicted = toMakePlace(connection.peer(), isUnauthenticated);
                if (evicted.isEmpty() || leaving.size() >= overhang) {
                    forgetIfEmpty(connection.peer(), peer);
                    return evicted.isEmpty() ? refuse() : defer(askAgain);
                }
                leave(evicted.get());
            }
            peer.open++;
            open++;
            unproven.add(connection, nanoTime.getAsLong());
            if (isUnauthenticated) {
                unauthenticated.add(connection, inVain);
            }
        }
        evicted.ifPresent(victim -> victim.evict(CloseReason.EVICTED));
        return Admission.ADMITTED;
    }

    private Admission refuse() {
        refusals.add();
        listener.refused();
        return Admission.REFUSED;
    }

    private Admission defer(Runnable askAgain) {
        waiting.add(askAgain);
        return Admission.DEFERRED;
    }

    private boolean isFull(InetAddress address, boolean isUnauthenticated) {
        return open - leaving.size() >= limits.max()
                || hasItsShare(peers.get(address))
                || (isUnauthenticated && (unauthenticated.isFull() || unauthenticated.isFull(address)));
    }

    private boolean hasItsShare(Peer peer) {
        return peer.open - peer.leaving >= limits.maxOfPeer();
    }

    private Optional<OpenConnection> toMakePlace(InetAddress address, boolean isUnauthenticated) {
        if (isUnauthenticated && unauthenticated.isFull(address)) {
            return unauthenticated.eldestOf(address);
        }
        if (isUnauthenticated && unauthenticated.isFull()) {
            return unauthenticated.eldestOfTheHeaviest();
        }
        Peer peer = peers.get(address);
        return hasItsShare(peer)
                ? first(peer.idle).or(() -> unauthenticated.eldestOf(address))
                : idle.eldest().or(unauthenticated::eldest);
    }

    private static Optional<OpenConnection> first(Set<OpenConnection> eldestFirst) {
        return eldestFirst.stream().findFirst();
    }

    /** It has shown what it is for, and counts as its port's own from now on. */
    void proved(OpenConnection connection) {
        synchronized (this) {
            unproven.remove(connection);
            unauthenticated.remove(connection);
            stay(connection);
        }
        tellThoseThatWait();
    }

    /** It carries no call, from now on. */
    void idle(OpenConnection connection) {
        synchronized (this) {
            Peer peer = peers.get(connection.peer());
            if (peer != null) {
                stay(connection);
                idle.add(connection, nanoTime.getAsLong());
                peer.idle.add(connection);
            }
        }
        tellThoseThatWait();
    }

    /** It carries a call, or is ending. */
    void busy(OpenConnection connection) {
        synchronized (this) {
            removeIdle(connection);
            stay(connection);
        }
        tellThoseThatWait();
    }

    /** It is closed. */
    void gone(OpenConnection connection) {
        boolean isInVain;
        synchronized (this) {
            removeIdle(connection);
            unauthenticated.remove(connection);
            isInVain = unproven.remove(connection);
            stay(connection);
            Peer peer = peers.get(connection.peer());
            peer.open--;
            open--;
            forgetIfEmpty(connection.peer(), peer);
        }
        if (isInVain) {
            addresses.endedInVain(connection.peer());
        }
        tellThoseThatWait();
    }

    private void tellThoseThatWait() {
        List<Runnable> told;
        synchronized (this) {
            if (waiting.isEmpty() || leaving.size() >= overhang) {
                return;
            }
            told = List.copyOf(waiting);
            waiting.clear();
        }
        told.forEach(Runnable::run);
    }

    /**
     * Ends what has been idle for the timeout, or has not shown in time what it is for. To be called about once a second, and
     * more often for shorter timeouts.
     */
    public void tick() {
        List<OpenConnection> expired;
        List<OpenConnection> late;
        synchronized (this) {
            long now = nanoTime.getAsLong();
            late = unproven.removeThoseOver(now, connection -> limits.proofTimeout());
            late.forEach(this::leave);
            expired = idle.removeThoseOver(
                    now, connection -> connection.isHttp2() ? limits.idleTimeout() : limits.http1IdleTimeout());
            expired.forEach(connection -> peers.get(connection.peer()).idle.remove(connection));
            refusals.log(now, open);
        }
        late.forEach(connection -> {
            addresses.endedInVain(connection.peer());
            connection.evict(CloseReason.UNPROVEN);
        });
        expired.forEach(OpenConnection::timeOut);
    }

    /** It is asked to end, and nobody else's place is made by it once more. */
    private void leave(OpenConnection connection) {
        removeIdle(connection);
        unauthenticated.remove(connection);
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
        if (idle.remove(connection)) {
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
        private int leaving;
    }
}
