package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.Caller;
import java.io.IOException;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.jboss.logging.Logger.Level;

/**
 * Notes why connections end, for the records of what they carried, and logs what is not as it should be. Called by SSHD on
 * its threads, before it closes the channels of the connection.
 */
final class DisconnectLog implements SessionListener {
    private final BastionLog log;

    DisconnectLog(BastionLog log) {
        this.log = log;
    }

    @Override
    public void sessionDisconnect(Session session, int reason, String message, String language, boolean byUs) {
        BastionConnection.of(session).ends(byUs ? message : "disconnected by the client: " + Caller.of(message));
    }

    @Override
    public void sessionException(Session session, Throwable fault) {
        BastionConnection connection = BastionConnection.of(session);
        String why = Caller.of(said(fault)).text();
        connection.ends("connection to the client broke: " + why);
        if (!connection.isLoggedIn()) {
            log.log(
                    Level.DEBUG,
                    BastionLog.Kind.BROKEN,
                    connection,
                    "broken before a login, from=" + connection.source() + ": " + why);
        } else if (fault instanceof IOException) {
            log.log(Level.INFO, BastionLog.Kind.BROKEN, connection, "broken, " + connection + ": " + why);
        } else {
            log.fault(BastionLog.Kind.BROKEN, connection, "broken, " + connection, fault);
        }
    }

    /** Of what happens to any connection, what the kernel says is enough. */
    private static String said(Throwable fault) {
        return fault instanceof IOException && fault.getMessage() != null ? fault.getMessage() : fault.toString();
    }

    /** Without a word, or after all of the above. */
    @Override
    public void sessionClosed(Session session) {
        BastionConnection.of(session).ends("the client is gone");
    }
}
