package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Collection;
import java.util.Map;

/** A way to ask who uses addresses of the segment. */
interface AddressProbe {

    /** Asks for all of them at once and blocks until each has its answer. */
    Map<Ipv4Address, ArpAnswer> probe(Collection<Ipv4Address> addresses) throws InterruptedException;
}
