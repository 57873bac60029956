package cloud.obiente.vpsgateway.dnsmasq;

/** What the child server does. */
public enum DhcpMode {
    /** DHCP and DNS on the interface; needs CAP_NET_ADMIN. */
    FULL,
    /** DNS alone on the listen address; needs no privilege on a port above 1023. */
    DNS_ONLY
}
