package cloud.obiente.vpsgateway.apilink;

import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;

/** What waits of one source in a {@link FairQueue}, and what it has cost. */
final class SourceLane {
    /** A cost below this makes no difference. */
    static final double NEGLIGIBLE = 0.1;

    private static final Duration HALF_LIFE = Duration.ofSeconds(30);
    private static final double NIC_COST = 1;
    /** Nobody waits without an address for these, so they get a fifth of what a NIC's source gets. */
    private static final double BACKGROUND_COST = 5;

    final QuestionSource source;
    final TreeSet<QueuedMac> macs = new TreeSet<>(QueuedMac.BY_TURN);
    int beingAsked;
    private double cost;
    private Instant costAt;

    SourceLane(QuestionSource source, Instant now) {
        this.source = source;
        this.costAt = now;
        // Behind a source of which nothing is known.
        this.cost = source == QuestionSource.Shared.BACKGROUND ? NIC_COST : 0;
    }

    /** Questions in vain, each counting half as much after half a minute. */
    double cost(Instant now) {
        double halvings = (double) Duration.between(costAt, now).toNanos() / HALF_LIFE.toNanos();
        return cost * Math.pow(2, -halvings);
    }

    void begin(Instant now) {
        beingAsked++;
        pay(now, source == QuestionSource.Shared.BACKGROUND ? BACKGROUND_COST : NIC_COST);
    }

    void end(boolean found, Instant now) {
        beingAsked--;
        if (found && source != QuestionSource.Shared.BACKGROUND) {
            pay(now, -NIC_COST);
        }
    }

    private void pay(Instant now, double more) {
        cost = Math.max(0, cost(now) + more);
        costAt = now;
    }
}
