package cloud.obiente.vpsgateway.app.config;

/** What the child server does. */
public enum DhcpMode {
    /** DHCP and DNS on the interface. */
    FULL,
    /** DNS on the listen address only; needs no privileges. */
    DNS_ONLY
}
