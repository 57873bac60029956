package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.KeyExchangeMessageHandler;
import org.apache.sshd.common.session.helpers.PendingWriteFuture;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;

/**
 * Counts the answers that SSHD keeps back while keys are exchanged, for as long as the client lets that last: they are not in
 * the queue of the socket. They do not stop the reading, as those in the queue do, because what is read next may be what ends
 * the exchange. Any thread.
 */
final class CountingKexHandler extends KeyExchangeMessageHandler {
    private final AtomicInteger kept = new AtomicInteger();

    CountingKexHandler(AbstractSession session, Logger log) {
        super(session, log);
    }

    /** How many answers wait for the end of the exchange. */
    int keptAnswers() {
        return kept.get();
    }

    @Override
    protected PendingWriteFuture enqueuePendingPacket(int message, Buffer packet) {
        PendingWriteFuture pending = super.enqueuePendingPacket(message, packet);
        if (isAnswer(message)) {
            kept.incrementAndGet();
            pending.addListener(written -> kept.decrementAndGet());
        }
        return pending;
    }

    /** The rest is bounded by the number of channels and by what they may carry. */
    private static boolean isAnswer(int message) {
        return switch (message) {
            case SshConstants.SSH_MSG_CHANNEL_WINDOW_ADJUST,
                    SshConstants.SSH_MSG_CHANNEL_EOF,
                    SshConstants.SSH_MSG_CHANNEL_CLOSE -> false;
            default -> !BastionSession.isData(message);
        };
    }
}
