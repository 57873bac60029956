package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Asks the API whose a MAC is. */
public interface MacOwnerLookup {
    /** Longer than any answer is remembered. */
    Duration ANY_AGE = Duration.ofDays(1);

    /**
     * Whose is this MAC? Asked with low priority, behind the NICs that wait for an address, so an answer may take a minute;
     * one that was given lately (an {@link MacAnswer.NotFound} at most five minutes ago) is given again without asking.
     * The MAC may have a reservation and a live lease.
     *
     * <p>Any thread; does not wait.
     *
     * @return completes on {@code api-links}, never exceptionally: what fails, comes too late, or finds no API connected
     *     is {@link MacAnswer.Unavailable}
     */
    default CompletionStage<MacAnswer> whose(MacAddress mac) {
        return whose(mac, ANY_AGE);
    }

    /**
     * The same for those who have had an answer and ask again.
     *
     * @param maxAge an answer that is older is none: it is the one that they have had. Zero: whatever was answered before
     */
    CompletionStage<MacAnswer> whose(MacAddress mac, Duration maxAge);
}
