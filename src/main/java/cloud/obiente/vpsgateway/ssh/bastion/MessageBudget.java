package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.Optional;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.kex.extension.KexExtensions;

/**
 * What a client may send that serves no purpose at that moment: a bounded number of messages, since each may be answered. On
 * the thread that reads.
 */
final class MessageBudget {
    /** Before the login, of those that no login needs: a client may greet, ignore and debug, not go on doing so. */
    static final int MAX_BEFORE_LOGIN = 100;
    /**
     * While it exchanges keys, of those that have to wait (RFC 4253 section 7.1). A client that keeps to that sends none; their
     * answers are kept back, for as long as it likes.
     */
    static final int MAX_IN_EXCHANGE = 16;
    /**
     * Answers kept back, if the exchange is one that we have begun: the client may have asked for as much before it learnt of
     * that.
     */
    static final int MAX_KEPT_ANSWERS = 128;

    private int beforeLogin;
    private int inExchange;
    private boolean isExchanging;

    /**
     * To be called for each message that was read, before it is worked on.
     *
     * @param isFirstExchangeDone whether keys have been exchanged at all
     * @param keptAnswers that wait for the end of an exchange
     * @return why the connection is to end, if it is
     */
    Optional<String> objection(int message, boolean isLoggedIn, boolean isFirstExchangeDone, int keptAnswers) {
        follow(message);
        if (!isLoggedIn && isStray(message, isFirstExchangeDone) && ++beforeLogin > MAX_BEFORE_LOGIN) {
            return Optional.of("too many messages that are no login");
        }
        if (keptAnswers > MAX_KEPT_ANSWERS || isExchanging && hasToWait(message) && ++inExchange > MAX_IN_EXCHANGE) {
            return Optional.of("too many messages before the end of an exchange of keys");
        }
        return Optional.empty();
    }

    private void follow(int message) {
        if (message == SshConstants.SSH_MSG_KEXINIT) {
            isExchanging = true;
            inExchange = 0;
        } else if (message == SshConstants.SSH_MSG_NEWKEYS) {
            isExchanging = false;
        }
    }

    /** Whether it is no part of a login (RFC 4252, RFC 4253, RFC 8308); further exchanges of keys are none either. */
    private static boolean isStray(int message, boolean isFirstExchangeDone) {
        return switch (message) {
            case SshConstants.SSH_MSG_DISCONNECT,
                    SshConstants.SSH_MSG_SERVICE_REQUEST,
                    KexExtensions.SSH_MSG_EXT_INFO,
                    SshConstants.SSH_MSG_USERAUTH_REQUEST,
                    SshConstants.SSH_MSG_USERAUTH_INFO_RESPONSE -> false;
            case SshConstants.SSH_MSG_KEXINIT, SshConstants.SSH_MSG_NEWKEYS -> isFirstExchangeDone;
            default ->
                message < SshConstants.SSH_MSG_KEX_FIRST
                        || message > SshConstants.SSH_MSG_KEX_LAST
                        || isFirstExchangeDone;
        };
    }

    private static boolean hasToWait(int message) {
        return message > SshConstants.SSH_MSG_KEX_LAST
                || message == SshConstants.SSH_MSG_SERVICE_REQUEST
                || message == SshConstants.SSH_MSG_SERVICE_ACCEPT;
    }
}
