package cloud.obiente.vpsgateway.sync;

import java.time.Duration;

/**
 * How much silence it takes before an allocation is given up.
 *
 * @param grace for how long lists must have left it out, and for how long a call's word stands against lists that do not
 *     know it yet (GATEWAY_SYNC_GRACE)
 * @param implausibleGrace the same for lists that leave out so much that they are not believed
 * @param sourceMemory for how long a source that sends no list any more must still be waited for
 */
public record SyncRules(Duration grace, Duration implausibleGrace, Duration sourceMemory) {
    /** One list may be short by an error of the database that it was written from; two in a row are an opinion. */
    static final int MIN_LISTS = 2;

    /** So many VPSs may be missing from a list of whatever size. */
    static final int MAX_PLAUSIBLE_OMISSIONS = 3;

    /** Of the VPSs that a source speaks for, the share that may be missing from one of its lists: one in so many. */
    static final int PLAUSIBLE_SHARE = 10;

    /** Sources that are remembered; those heard of least recently are forgotten first. */
    static final int MAX_SOURCES = 64;

    private static final Duration A_DAY = Duration.ofDays(1);

    public static SyncRules of(Duration grace) {
        return new SyncRules(grace, A_DAY, A_DAY);
    }
}
