package cloud.obiente.vpsgateway.hostnet.limits;

import java.util.Locale;

/** What a VPS is given only so much of. */
public enum LimitKind {
    /** Datagrams to our DNS port. */
    DNS,
    /** Segments to our DNS port, and connections to it that are open at once. */
    DNS_TCP,
    /** Datagrams to the DHCP port. */
    DHCP;

    /** Lower case, as in metrics and in the names of our sets. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
