package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/** What a line of dnsmasq's log tells us. */
sealed interface LogEvent {

    /** The file of names has been read. */
    record HostsRead() implements LogEvent {}

    /** The file of reservations has been read. */
    record DhcpHostsRead() implements LogEvent {}

    /** A client without reservation asked for an address and got silence. */
    record UnknownClient(MacAddress mac) implements LogEvent {}

    /** A client asked for an address and there is none for it. */
    record NoAddress(MacAddress mac) implements LogEvent {}

    /** A client said that its address is in use by somebody else; dnsmasq withholds the address for ten minutes. */
    record Declined(Ipv4Address address, MacAddress mac) implements LogEvent {}

    /** Something keeps dnsmasq from serving, though it runs on. */
    record Trouble(DnsmasqFault fault) implements LogEvent {}

    /** It goes on, and there was less of something than was asked for. */
    record LimitReached(Limit limit, String text) implements LogEvent {}

    /** A line that is no news of ordinary work. */
    record Complaint(String text) implements LogEvent {}
}
