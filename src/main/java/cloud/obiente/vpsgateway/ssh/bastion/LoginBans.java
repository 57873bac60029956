package cloud.obiente.vpsgateway.ssh.bastion;

import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Failed logins, and the sources banned for them. A source is banned after a connection that used up all its tries, or after
 * {@value #MAX_FAILURES} connections in a row that failed within the ban time; a login forgets them. Bounded: whoever
 * failed longest ago is forgotten first. Owned by {@link ConnectionAdmission}, under its monitor; times are of {@link
 * System#nanoTime}.
 */
final class LoginBans {
    /** Failed connections, each with a try or more, before a source is banned. */
    static final int MAX_FAILURES = 6;

    private final Duration banTime;
    private final int most;
    private final Map<ClientSource, Failures> failed = new LinkedHashMap<>();

    /** @param since when it last failed */
    private record Failures(int connections, boolean banned, long since) {}

    /**
     * @param banTime how long; zero: nobody is ever banned
     * @param most sources that are remembered
     */
    LoginBans(Duration banTime, int most) {
        this.banTime = banTime;
        this.most = most;
    }

    boolean isBanned(ClientSource source, long now) {
        forgetOld(now);
        Failures failures = failed.get(source);
        return failures != null && failures.banned();
    }

    int banned(long now) {
        forgetOld(now);
        return (int) failed.values().stream().filter(Failures::banned).count();
    }

    /**
     * A connection has failed.
     *
     * @param usedUp whether it used all the tries that a connection has
     * @return whether its source is banned from now on
     */
    boolean failed(ClientSource source, boolean usedUp, long now) {
        forgetOld(now);
        Failures before = failed.remove(source);
        int connections = before == null ? 1 : before.connections() + 1;
        // Connections that were open when the ban began may end during it, with fewer failures: they do not end it.
        boolean bannedBefore = before != null && before.banned();
        boolean banned = bannedBefore || usedUp || connections >= MAX_FAILURES;
        if (!banTime.isZero()) {
            // Removed and put again, so that the map is in the order of the times.
            failed.put(source, new Failures(connections, banned, now));
            forgetTooMany();
        }
        return banned && !banTime.isZero();
    }

    void loggedIn(ClientSource source) {
        failed.remove(source);
    }

    private void forgetOld(long now) {
        Iterator<Failures> oldest = failed.values().iterator();
        while (oldest.hasNext() && now - oldest.next().since() >= banTime.toNanos()) {
            oldest.remove();
        }
    }

    private void forgetTooMany() {
        Iterator<ClientSource> oldest = failed.keySet().iterator();
        while (failed.size() > most) {
            oldest.next();
            oldest.remove();
        }
    }
}
