package cloud.obiente.vpsgateway.control;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.jboss.logging.Logger;

/** Whose process is at the other end of a Unix socket, as the kernel tells (SO_PEERCRED, unix(7)). Stateless. */
final class PeerUser {
    private static final Logger LOG = Logger.getLogger(PeerUser.class);
    private static final String UNKNOWN = "unknown";

    private PeerUser() {}

    /** The user's name, or its number where it has none. */
    static String of(SocketChannel connection) {
        try {
            UnixDomainPrincipal peer = connection.getOption(ExtendedSocketOptions.SO_PEERCRED);
            return peer.user().getName();
        } catch (IOException | UnsupportedOperationException cannotTell) {
            LOG.debugf("who asks on the control socket cannot be told: %s", cannotTell);
            return UNKNOWN;
        }
    }
}
