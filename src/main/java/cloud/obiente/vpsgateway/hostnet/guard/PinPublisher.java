package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.concurrent.CompletionStage;

/** What makes an address usable by nobody but its owner. Any thread; nothing here waits. */
public interface PinPublisher {

    /**
     * Brings the kernel to what is decided at this moment or later; calls that come together share one transaction.
     *
     * @return done when the kernel enforces it; completes with a {@link GuardFailedException} when it does not, the
     *     message of which says what is wrong and what to do
     */
    CompletionStage<Void> publish();
}
