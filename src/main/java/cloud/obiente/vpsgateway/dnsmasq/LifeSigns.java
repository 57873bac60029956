package cloud.obiente.vpsgateway.dnsmasq;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether dnsmasq lives, by more than one sign: that it answers us, that it says something, that it works, that it reads
 * what it is asked. One that does none of these for 5 s hangs. One that does some of them and does not answer us is not
 * ended for it, because something else is wrong: more questions than it can answer, or a packet filter between us.
 *
 * <p>Times are those of {@link System#nanoTime}. Confined to the supervisor thread.
 */
final class LifeSigns {
    /** How often {@link #judge} is to be called. */
    static final Duration CHECK_INTERVAL = Duration.ofMillis(500);

    /** Clients are not told to be served for longer than 2 s when they are not. */
    static final Duration UNANSWERED_AFTER = Duration.ofMillis(1500);

    private static final Duration HUNG_AFTER = Duration.ofSeconds(5);
    /** One that works that long, and neither answers nor says anything, does nothing useful. */
    private static final Duration BUSY_AT_MOST = Duration.ofSeconds(60);
    /** A reload stops all answers; what the last one took, this one may take several times over. */
    private static final int RELOADS_TOLERATED = 3;

    /**
     * What can be seen of the process from outside.
     *
     * @param stopped somebody has stopped it
     * @param systemTicks time the kernel has worked for it, in hundredths of a second: for one that only computes, none
     * @param unreadOctets of questions that have arrived and that it has not read
     */
    record Look(boolean stopped, long systemTicks, long unreadOctets) {}

    /**
     * What to make of it.
     *
     * @param fault what clients notice; empty: nothing
     * @param remark what they do not notice, but an operator has to know
     * @param replace whether the child is to be ended for the fault
     */
    record Verdict(Optional<DnsmasqFault> fault, Optional<String> remark, boolean replace) {
        private static final Verdict FINE = new Verdict(Optional.empty(), Optional.empty(), false);

        private static Verdict unanswered(DnsmasqFault fault) {
            return new Verdict(Optional.of(fault), Optional.empty(), false);
        }

        private static Verdict replace(DnsmasqFault fault) {
            return new Verdict(Optional.of(fault), Optional.empty(), true);
        }

        private static Verdict remark(String remark) {
            return new Verdict(Optional.empty(), Optional.of(remark), false);
        }
    }

    private enum Activity {
        NONE,
        WORKS,
        HAS_READ_ALL
    }

    /** Since our question was answered last. */
    private final UnansweredTime unanswered;
    /** Since it answered anyhow, or said anything. */
    private final UnansweredTime mute;
    /** Since it gave any sign of life. */
    private final UnansweredTime lifeless;

    private Look last = new Look(false, 0, 0);
    private Duration lastReload = Duration.ZERO;
    /** A restart did not bring our questions to it. */
    private boolean restartWasTried;

    LifeSigns(long now) {
        this.unanswered = new UnansweredTime(CHECK_INTERVAL, now);
        this.mute = new UnansweredTime(CHECK_INTERVAL, now);
        this.lifeless = new UnansweredTime(CHECK_INTERVAL, now);
    }

    /** Another child, or there was nothing to ask it by. */
    void begin(long now) {
        unanswered.reset(now);
        heard(now);
    }

    /** It has answered our question, as it would a client's. */
    void answered(long now) {
        restartWasTried = false;
        begin(now);
    }

    /** It has written a line, or answered over TCP, to which a flood of questions over UDP is no obstacle. */
    void heard(long now) {
        mute.reset(now);
        lifeless.reset(now);
    }

    void reloadTook(Duration took) {
        lastReload = took;
    }

    /**
     * To be called at every check.
     *
     * @param reading whether it reads its files and cannot answer meanwhile
     */
    Verdict judge(long now, Look look, boolean reading) {
        Duration tolerated = lastReload.multipliedBy(RELOADS_TOLERATED);
        Duration limit = tolerated.compareTo(HUNG_AFTER) > 0 ? tolerated : HUNG_AFTER;
        Duration silent = unanswered.at(now);
        Activity activity = activity(look);
        last = look;
        if (activity != Activity.NONE) {
            lifeless.reset(now);
        }
        Duration saidNothing = mute.at(now);
        boolean hangs = lifeless.at(now).compareTo(limit) > 0;
        if (silent.compareTo(UNANSWERED_AFTER) < 0) {
            return Verdict.FINE;
        }
        if (hangs || (activity == Activity.WORKS && saidNothing.compareTo(BUSY_AT_MOST) > 0)) {
            return Verdict.replace(hung(silent, look));
        }
        if (activity == Activity.HAS_READ_ALL) {
            return silent.compareTo(limit) > 0 ? unreachable(saidNothing.compareTo(limit) > 0) : Verdict.FINE;
        }
        return reading && activity == Activity.WORKS ? Verdict.FINE : Verdict.unanswered(unansweredYet(look));
    }

    /** What it has been doing since the last look. */
    private Activity activity(Look look) {
        if (look.stopped()) {
            return Activity.NONE;
        }
        if (look.unreadOctets() == 0 || last.unreadOctets() == 0) {
            return Activity.HAS_READ_ALL;
        }
        boolean drained = look.unreadOctets() < last.unreadOctets();
        return drained || look.systemTicks() > last.systemTicks() ? Activity.WORKS : Activity.NONE;
    }

    /** Nothing waits for it, so it is not its fault that we hear nothing; unless it has lost its way, which one restart shows. */
    private Verdict unreachable(boolean mayHaveLostItsWay) {
        if (mayHaveLostItsWay && !restartWasTried) {
            restartWasTried = true;
            return Verdict.replace(new DnsmasqFault(
                    DnsmasqFault.Kind.UNREACHABLE,
                    "our own question to dnsmasq stays without an answer, and nothing is heard of it"));
        }
        return Verdict.remark(
                "the gateway's own question does not reach dnsmasq, or its answer does not come back, while"
                        + " dnsmasq reads what it is asked: is there a packet filter on the loopback interface (lo)? VPSs are served,"
                        + " but a dnsmasq that hangs would be noticed later");
    }

    private static DnsmasqFault hung(Duration silent, Look look) {
        return new DnsmasqFault(
                DnsmasqFault.Kind.HUNG,
                "dnsmasq has not answered for " + silent.toSeconds() + " s"
                        + (look.stopped() ? ": it is stopped" : unread(look)));
    }

    private static DnsmasqFault unansweredYet(Look look) {
        return new DnsmasqFault(
                DnsmasqFault.Kind.UNANSWERED,
                "dnsmasq does not answer" + (look.stopped() ? ": it is stopped" : unread(look)));
    }

    private static String unread(Look look) {
        return look.unreadOctets() == 0 ? "" : ": it has " + look.unreadOctets() + " octets of questions still to read";
    }
}
