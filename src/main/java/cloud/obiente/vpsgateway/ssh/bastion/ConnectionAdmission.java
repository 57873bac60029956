package cloud.obiente.vpsgateway.ssh.bastion;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Counts connections, and says which of them may stay. What one address does without having logged in never takes the
 * places of the others. Any thread; guarded by its own monitor.
 */
public final class ConnectionAdmission {
    private static final int MAX_SOURCES = 10_000;

    /** Why a connection is closed at once. */
    public enum AdmissionRefusal {
        /** Its address has failed to log in too often. */
        RESTING,
        /** There are as many as may be. */
        TOO_MANY,
        /** There are as many as may be that have not logged in. */
        TOO_MANY_UNAUTHENTICATED,
        /** Its address has as many as it may have that have not logged in. */
        TOO_MANY_OF_ADDRESS
    }

    private final BastionSettings.Limits limits;
    private final LoginBans bans;
    private final LongSupplier nanoTime;
    private final Map<ClientSource, Integer> unauthenticatedOf = new HashMap<>();
    private int connections;
    private int unauthenticated;

    /**
     * @param banTime how long an address is banned after failed logins; zero: not at all
     * @param nanoTime {@link System#nanoTime}
     */
    public ConnectionAdmission(BastionSettings.Limits limits, Duration banTime, LongSupplier nanoTime) {
        this.limits = limits;
        this.bans = new LoginBans(banTime, MAX_SOURCES);
        this.nanoTime = nanoTime;
    }

    /** A connection has come. Unless it is refused it counts, until it {@link #left}. */
    synchronized Optional<AdmissionRefusal> enter(ClientSource source) {
        Optional<AdmissionRefusal> refusal = refusal(source);
        if (refusal.isEmpty()) {
            connections++;
            unauthenticated++;
            unauthenticatedOf.merge(source, 1, Integer::sum);
        }
        return refusal;
    }

    private Optional<AdmissionRefusal> refusal(ClientSource source) {
        if (bans.isBanned(source, nanoTime.getAsLong())) {
            return Optional.of(AdmissionRefusal.RESTING);
        }
        if (connections >= limits.connections()) {
            return Optional.of(AdmissionRefusal.TOO_MANY);
        }
        if (unauthenticatedOf.getOrDefault(source, 0) >= limits.unauthenticatedPerSource()) {
            return Optional.of(AdmissionRefusal.TOO_MANY_OF_ADDRESS);
        }
        return unauthenticated >= limits.unauthenticated()
                ? Optional.of(AdmissionRefusal.TOO_MANY_UNAUTHENTICATED)
                : Optional.empty();
    }

    synchronized void loggedIn(ClientSource source) {
        bans.loggedIn(source);
        leaveUnauthenticated(source);
    }

    /** A connection that had logged in has ended. */
    synchronized void left() {
        connections--;
    }

    /**
     * A connection has ended without a login.
     *
     * @param tries that it made and that failed
     * @param most tries that it had
     * @return whether its source rests from now on
     */
    synchronized boolean leftWithoutLogin(ClientSource source, int tries, int most) {
        connections--;
        leaveUnauthenticated(source);
        return tries > 0 && bans.failed(source, tries >= most, nanoTime.getAsLong());
    }

    private void leaveUnauthenticated(ClientSource source) {
        unauthenticated--;
        unauthenticatedOf.computeIfPresent(source, (same, count) -> count > 1 ? count - 1 : null);
    }

    /** Connections that are open. */
    public synchronized int connections() {
        return connections;
    }

    /** Addresses that rest. */
    public synchronized int bans() {
        return bans.banned(nanoTime.getAsLong());
    }
}
