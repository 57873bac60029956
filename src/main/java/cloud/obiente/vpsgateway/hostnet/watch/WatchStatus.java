package cloud.obiente.vpsgateway.hostnet.watch;

import java.util.Optional;

/**
 * Whether changes of rules are heard of at once.
 *
 * @param listening whether they are; also false while nobody has rules
 * @param restarts how often the child that listens has ended and was to be started again
 * @param fault why they are not; nothing is lost but speed then
 */
public record WatchStatus(boolean listening, long restarts, Optional<String> fault) {
    static final WatchStatus NOT_YET = new WatchStatus(false, 0, Optional.empty());

    WatchStatus heard() {
        return new WatchStatus(true, restarts, Optional.empty());
    }

    /** It may go on by itself. */
    WatchStatus paused(String why) {
        return new WatchStatus(false, restarts, Optional.of(why));
    }

    WatchStatus deaf(String why) {
        return new WatchStatus(false, restarts + 1, Optional.of(why));
    }
}
