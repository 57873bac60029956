package cloud.obiente.vpsgateway.connections;

import java.time.Duration;

/**
 * How many connections one port has, and for how long.
 *
 * @param max of all peers
 * @param maxOfPeer of one address; less than {@code max}, so that one address never takes every place
 * @param maxUnauthenticated of addresses that have not shown the secret; less than {@code max}, so that the others have places
 * @param maxUnauthenticatedOfPeer of them, those of one address
 * @param proofTimeout how long a connection may be without having shown what it is for: the secret, or on the management
 *     port a request
 * @param idleTimeout how long a connection of HTTP/2 may be without a call after that
 * @param http1IdleTimeout the same for HTTP/1.1, whose clients open another one at will
 */
public record ConnectionLimits(
        int max,
        int maxOfPeer,
        int maxUnauthenticated,
        int maxUnauthenticatedOfPeer,
        Duration proofTimeout,
        Duration idleTimeout,
        Duration http1IdleTimeout) {
    private static final Duration MAX_HTTP1_IDLE_TIMEOUT = Duration.ofMinutes(1);

    /**
     * Half of the places for one address: an API instance may open a connection for each of its SSH sessions. Unauthenticated peers have
     * half of all at most, and one address a quarter of theirs.
     */
    public static ConnectionLimits of(int max, int maxUnauthenticated, Duration proofTimeout, Duration idleTimeout) {
        int unauthenticated = Math.max(1, Math.min(maxUnauthenticated, max / 2));
        return new ConnectionLimits(
                max,
                Math.max(1, max / 2),
                unauthenticated,
                Math.max(1, unauthenticated / 4),
                proofTimeout,
                idleTimeout,
                idleTimeout.compareTo(MAX_HTTP1_IDLE_TIMEOUT) < 0 ? idleTimeout : MAX_HTTP1_IDLE_TIMEOUT);
    }

    /** The same with no more places than that. */
    public ConnectionLimits within(int places) {
        return places < max ? of(places, maxUnauthenticated, proofTimeout, idleTimeout) : this;
    }
}
