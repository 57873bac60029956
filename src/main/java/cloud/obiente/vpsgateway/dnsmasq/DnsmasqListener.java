package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;

/** Hears the events of dnsmasq, for metrics and for the resolver of MACs. Called on the supervisor thread: must not block. */
public interface DnsmasqListener {

    /** Changed files have become effective; the time runs from the signal to the child's confirmation. */
    default void reloaded(Duration took) {}

    /** The child died, or was ended because it did not answer, and will be started again. */
    default void restarting(DnsmasqFault cause) {}

    /** Somebody, perhaps not the owner of the MAC, declined a reserved address. */
    default void declined(Ipv4Address address, MacAddress mac) {}

    /** A MAC without reservation asks for an address. */
    default void unknownClient(MacAddress mac) {}

    /** A MAC asks for an address and there is none for it now: another client has its own, or the dynamic range is used up. */
    default void noAddressFor(MacAddress mac) {}

    /** It logged a line that is no news of ordinary work. */
    default void complained() {}

    /** There was less of something than was asked for. */
    default void limitReached(Limit limit) {}

    /** The state has changed. */
    default void statusChanged(DnsmasqStatus status) {}
}
