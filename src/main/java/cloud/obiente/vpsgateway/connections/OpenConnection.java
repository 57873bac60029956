package cloud.obiente.vpsgateway.connections;

import java.net.InetAddress;

/** A connection, as the count of all sees it. Any thread; calls return at once. */
interface OpenConnection {

    /** Who is at its other end. */
    InetAddress peer();

    /** It has been idle for the timeout: it ends, unless a call has begun meanwhile. */
    void timeOut();

    /** Its place is needed: it ends at once, unless a call has begun meanwhile. */
    void evict();
}
