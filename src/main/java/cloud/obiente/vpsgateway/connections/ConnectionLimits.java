package cloud.obiente.vpsgateway.connections;

import java.time.Duration;

/**
 * How many connections one port has.
 *
 * @param max of all peers
 * @param maxOfPeer of one address; less than {@code max}, so that one address never takes every place
 * @param idleTimeout how long a connection may be without a call
 */
public record ConnectionLimits(int max, int maxOfPeer, Duration idleTimeout) {
    /** File descriptors of which connections may have one: an SSH session needs another, and so does much else. */
    private static final int DESCRIPTORS_PER_CONNECTION = 4;

    /** Half of the places for one address: an API instance may open a connection for each of its SSH sessions. */
    public static ConnectionLimits of(int max, Duration idleTimeout) {
        return new ConnectionLimits(max, Math.max(1, max / 2), idleTimeout);
    }

    /**
     * No more than the process can have open.
     *
     * @param descriptors its limit of file descriptors
     */
    public ConnectionLimits within(long descriptors) {
        long possible = Math.max(1, descriptors / DESCRIPTORS_PER_CONNECTION);
        return possible < max ? of((int) possible, idleTimeout) : this;
    }
}
