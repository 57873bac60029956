package cloud.obiente.vpsgateway.dnsmasq.lease;

/**
 * A line of the lease file that is not an IPv4 lease of an Ethernet NIC.
 *
 * @param number from 1
 * @param reason one line, fit for a log
 */
public record SkippedLine(int number, Kind kind, String reason) {
    public enum Kind {
        /** The server's DUID or a DHCPv6 lease. */
        DHCPV6,
        /** A lease of a NIC that is not Ethernet. */
        NOT_ETHERNET,
        /** Nothing that dnsmasq writes: the file is torn or damaged. */
        MALFORMED
    }
}
