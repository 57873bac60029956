package cloud.obiente.vpsgateway.ssh.bastion;

import java.security.PublicKey;
import java.time.Clock;
import java.util.Optional;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.auth.pubkey.AuthorizedKeyEntriesPublickeyAuthenticator;
import org.apache.sshd.server.auth.pubkey.PublickeyAuthenticator;
import org.apache.sshd.server.session.ServerSession;
import org.jboss.logging.Logger.Level;

/** Decides which keys may log in, and logs the attempts. Called by SSHD on its threads. */
final class AuthorizedKeysAuthenticator implements PublickeyAuthenticator, SessionListener {
    private final AuthorizedKeys keys;
    private final ConnectionAdmission admission;
    private final BastionListener listener;
    private final Clock clock;
    private final BastionLog log;

    AuthorizedKeysAuthenticator(
            AuthorizedKeys keys, ConnectionAdmission admission, BastionListener listener, Clock clock, BastionLog log) {
        this.keys = keys;
        this.admission = admission;
        this.listener = listener;
        this.clock = clock;
        this.log = log;
    }

    @Override
    public boolean authenticate(String user, PublicKey offered, ServerSession session) {
        BastionConnection connection = BastionConnection.of(session);
        String fingerprint = KeyUtils.getFingerPrint(offered);
        connection.offered(new BastionConnection.Login(user, fingerprint));
        Optional<AuthorizedKey> known = keys.find(fingerprint);
        Optional<String> objection = known.isEmpty()
                ? Optional.of("the key is not in GATEWAY_SSH_AUTHORIZED_KEYS")
                : known.get().objection(connection.address(), clock.instant());
        if (objection.isPresent()) {
            log(BastionLog.Kind.KEY_REFUSED, "key refused", connection, objection.get());
            return false;
        }
        requireVerification(session, known.get());
        return true;
    }

    /** SSHD looks for it there when it checks the signature of a security key. */
    private static void requireVerification(ServerSession session, AuthorizedKey key) {
        if (key.options().verifyRequired()) {
            session.setAttribute(
                    AuthorizedKeyEntriesPublickeyAuthenticator.AUTHORIZED_KEY,
                    AuthorizedKeyEntry.parseAuthorizedKeyEntry("verify-required " + key.line()));
        } else {
            session.removeAttribute(AuthorizedKeyEntriesPublickeyAuthenticator.AUTHORIZED_KEY);
        }
    }

    @Override
    public void sessionEvent(Session session, Event event) {
        BastionConnection connection = BastionConnection.of(session);
        if (event == Event.Authenticated && connection.markLoggedIn()) {
            admission.loggedIn(connection.source());
            listener.loggedIn();
            log(BastionLog.Kind.LOGIN, "login", connection, "public key");
        }
    }

    private void log(BastionLog.Kind kind, String what, BastionConnection connection, String why) {
        log.log(Level.INFO, kind, connection, what + ", " + connection + ": " + why);
    }
}
