package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;

/** Tells the DHCP server that a lease is given back. Says nothing about success: only the lease file does. */
@FunctionalInterface
public interface ReleaseSender {
    /** @throws IOException when nothing could be sent; worth another try */
    void release(Lease lease) throws IOException;
}
