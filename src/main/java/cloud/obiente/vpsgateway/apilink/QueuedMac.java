package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;

/** A MAC in a {@link FairQueue}, ordered by whose turn comes first. To be taken out of its lane while it changes. */
final class QueuedMac {
    /** Repetitions within one such span are one: only patience counts, not noise. */
    private static final Duration MIN_REPETITION = Duration.ofSeconds(1);

    private static final int MAX_RANK = 10;

    static final Comparator<QueuedMac> BY_TURN =
            Comparator.<QueuedMac>comparingInt(entry -> -entry.rank).thenComparingLong(entry -> entry.arrival);

    final MacAddress mac;
    final long arrival;
    QuestionSource source;
    private int rank;
    private Instant rankedAt;
    private Instant heardAt;

    QueuedMac(MacAddress mac, QuestionSource source, long arrival, Instant now) {
        this.mac = mac;
        this.source = source;
        this.arrival = arrival;
        this.rankedAt = now;
        this.heardAt = now;
    }

    /** Comes before every other of that rank; for look-ups only. */
    static QueuedMac firstOfRank(int rank) {
        QueuedMac probe = new QueuedMac(new MacAddress(1), QuestionSource.Shared.UNKNOWN_PORT, -1, Instant.MIN);
        probe.rank = rank;
        return probe;
    }

    int rank() {
        return rank;
    }

    void repeated(Instant now) {
        heardAt = now;
        if (rank < MAX_RANK && !now.isBefore(rankedAt.plus(MIN_REPETITION))) {
            rank++;
            rankedAt = now;
        }
    }

    /** Background questions wait without a limit. */
    boolean isSilent(Instant now) {
        return source != QuestionSource.Shared.BACKGROUND && now.isAfter(heardAt.plus(FairQueue.MAX_SILENCE));
    }
}
