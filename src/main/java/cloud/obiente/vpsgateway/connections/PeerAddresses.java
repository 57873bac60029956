package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.PeerListener.Failure;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * What each address has shown lately: the secret, or that it does not have it. An address that has shown it is proven for
 * an hour; one that goes on without it is banned for a minute. Whoever shares an address with a proven one (behind a proxy)
 * is not banned with it, but every connection has budgets of its own.
 *
 * <p>Any thread, under its monitor. Bounded: the address that was heard of longest ago is forgotten first, and proven ones
 * have a memory of their own, which nobody can fill without the secret.
 */
public final class PeerAddresses {
    /** Connections that an address may open in a burst before it has shown the secret. */
    static final int CONNECTION_BURST = 100;

    /** And how many a second after that. */
    static final int CONNECTIONS_PER_SECOND = 10;

    static final int MAX_FAILURES_PER_MINUTE = 20;

    /** Lines at once about addresses that fail for the first time; the others are told of together. */
    private static final int MAX_LINES_PER_MINUTE = 30;

    private static final Duration PROVEN = Duration.ofHours(1);
    private static final long MINUTE_NANOS = 60_000_000_000L;
    private static final int MAX_REMEMBERED = 10_000;
    private static final Logger LOG = Logger.getLogger(PeerAddresses.class);

    private final Predicate<InetAddress> trusted;
    private final LongSupplier nanoTime;
    private final PeerListener listener;
    private final Map<InetAddress, Long> provenAt = new LinkedHashMap<>();
    private final Map<InetAddress, UnauthenticatedPeer> unauthenticated = new LinkedHashMap<>();
    private long linesSince;
    private int lines;

    /**
     * @param trusted addresses that count as proven always
     * @param nanoTime for durations
     */
    public PeerAddresses(Predicate<InetAddress> trusted, LongSupplier nanoTime, PeerListener listener) {
        this.trusted = trusted;
        this.nanoTime = nanoTime;
        this.listener = listener;
        this.linesSince = nanoTime.getAsLong();
    }

    /** The address has shown the secret. */
    public synchronized void proved(InetAddress address) {
        provenAt.remove(address);
        provenAt.put(address, nanoTime.getAsLong());
        forgetEldest(provenAt);
    }

    /** Whether it has shown the secret within the last hour. */
    public synchronized boolean isProven(InetAddress address) {
        Long at = provenAt.get(address);
        return (at != null && nanoTime.getAsLong() - at < PROVEN.toNanos()) || trusted.test(address);
    }

    /** Whether it has to wait before anything is done for it. */
    public synchronized boolean isBanned(InetAddress address) {
        UnauthenticatedPeer peer = unauthenticated.get(address);
        return peer != null && peer.bannedFor(nanoTime.getAsLong()) > 0 && !isProven(address);
    }

    /** How many have to wait. */
    public synchronized int banned() {
        long now = nanoTime.getAsLong();
        return (int) unauthenticated.values().stream()
                .filter(peer -> peer.bannedFor(now) > 0)
                .count();
    }

    /**
     * A new connection has come from it, or a request to a port that needs no secret.
     *
     * @return whether it may stay
     */
    synchronized boolean mayConnect(InetAddress address) {
        if (isProven(address)) {
            return true;
        }
        long now = nanoTime.getAsLong();
        UnauthenticatedPeer peer = heardOf(address, now);
        // An API that starts may open many at once, before the first has shown the secret: it is not banned for that.
        return peer.bannedFor(now) == 0 && peer.takeConnection(now);
    }

    /** A connection of it has ended without having shown what it was for. */
    synchronized void endedInVain(InetAddress address) {
        if (!isProven(address)) {
            long now = nanoTime.getAsLong();
            heardOf(address, now).countInVain(now);
        }
    }

    /** How many of its connections have ended so within the last minute, roughly. */
    synchronized int inVain(InetAddress address) {
        UnauthenticatedPeer peer = unauthenticated.get(address);
        return peer == null ? 0 : peer.inVain(nanoTime.getAsLong());
    }

    /** A call did not present the secret. */
    public synchronized void failed(InetAddress address, Failure failure) {
        listener.failed(failure);
        long now = nanoTime.getAsLong();
        UnauthenticatedPeer peer = heardOf(address, now);
        if (peer.countFailure(now) == 1) {
            logFirst(address, failure);
        }
        if (peer.failures > MAX_FAILURES_PER_MINUTE && peer.bannedFor(now) == 0 && !isProven(address)) {
            ban(address, peer, "made " + peer.failures + " calls without the secret within a minute");
        }
    }

    /** One of its connections did more than it may. */
    synchronized void flooded(InetAddress address, String what) {
        UnauthenticatedPeer peer = heardOf(address, nanoTime.getAsLong());
        if (!isProven(address)) {
            ban(address, peer, what);
        }
    }

    private void ban(InetAddress address, UnauthenticatedPeer peer, String why) {
        peer.bannedUntil = nanoTime.getAsLong() + MINUTE_NANOS;
        peer.isBanned = true;
        listener.banned();
        if (mayLog()) {
            LOG.warnf("%s %s; it has to wait for a minute", address.getHostAddress(), why);
        }
    }

    private void logFirst(InetAddress address, Failure failure) {
        if (mayLog()) {
            LOG.warnf("a call of %s was refused: %s", address.getHostAddress(), failure.description());
        }
    }

    /** Tells how often addresses went on failing. To be called about once a second. */
    public synchronized void tick() {
        long now = nanoTime.getAsLong();
        unauthenticated.forEach((address, peer) -> {
            int untold = peer.endMinute(now);
            if (untold > 0 && mayLog()) {
                LOG.warnf("%d more calls of %s were refused within a minute", untold, address.getHostAddress());
            }
        });
    }

    private boolean mayLog() {
        long now = nanoTime.getAsLong();
        if (now - linesSince >= MINUTE_NANOS) {
            if (lines > MAX_LINES_PER_MINUTE) {
                LOG.warnf("%d more lines about refused addresses were left out", lines - MAX_LINES_PER_MINUTE);
            }
            linesSince = now;
            lines = 0;
        }
        lines++;
        return lines <= MAX_LINES_PER_MINUTE;
    }

    /** Removed and put again, so that the map is in the order in which they were heard of. */
    private UnauthenticatedPeer heardOf(InetAddress address, long now) {
        UnauthenticatedPeer known = unauthenticated.remove(address);
        UnauthenticatedPeer peer = known == null ? new UnauthenticatedPeer(now) : known;
        unauthenticated.put(address, peer);
        forgetEldest(unauthenticated);
        return peer;
    }

    private static void forgetEldest(Map<InetAddress, ?> map) {
        if (map.size() > MAX_REMEMBERED) {
            Iterator<InetAddress> eldest = map.keySet().iterator();
            eldest.next();
            eldest.remove();
        }
    }

    /** What one address did that has not shown the secret; guarded by the monitor of the whole. */
    private static final class UnauthenticatedPeer {
        private final TokenBucket connections;
        private long minuteSince;
        private int failures;
        private boolean isBanned;
        private long bannedUntil;
        private int inVain;
        private long inVainSince;

        private UnauthenticatedPeer(long now) {
            connections = new TokenBucket(CONNECTION_BURST, CONNECTIONS_PER_SECOND, now);
            minuteSince = now;
        }

        private long bannedFor(long now) {
            return isBanned ? Math.max(0, bannedUntil - now) : 0;
        }

        private boolean takeConnection(long now) {
            return connections.take(now);
        }

        private int countFailure(long now) {
            if (failures == 0) {
                minuteSince = now;
            }
            return ++failures;
        }

        private void countInVain(long now) {
            if (inVain(now) == 0) {
                inVain = 0;
                inVainSince = now;
            }
            inVain++;
        }

        private int inVain(long now) {
            return now - inVainSince < MINUTE_NANOS ? inVain : 0;
        }

        /** @return how many failures of the minute that is over have not been logged, once */
        private int endMinute(long now) {
            if (failures == 0 || now - minuteSince < MINUTE_NANOS) {
                return 0;
            }
            int untold = failures - 1;
            failures = 0;
            return untold;
        }
    }
}
