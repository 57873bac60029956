package cloud.obiente.vpsgateway.connections;

import cloud.obiente.vpsgateway.connections.ConnectionListener.CloseReason;
import java.net.InetAddress;

/** A connection, as the count of all sees it. Any thread; calls return at once. */
interface OpenConnection {

    /** Who is at its other end. */
    InetAddress peer();

    /** Whether it speaks HTTP/2, as far as it has said anything. */
    boolean isHttp2();

    /** It has been idle for the timeout: it ends, unless a call has begun meanwhile. */
    void timeOut();

    /**
     * It ends at once, whatever it carries, unless it has shown the secret meanwhile; then it ends only if it carries no call.
     */
    void evict(CloseReason reason);
}
