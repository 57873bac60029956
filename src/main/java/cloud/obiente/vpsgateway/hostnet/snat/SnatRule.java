package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;

/**
 * The one rule of our chain.
 *
 * @param source the address that traffic leaves with
 * @param network where it comes from; what stays in it is left alone
 * @param out the interface by which it leaves
 */
record SnatRule(Ipv4Address source, Subnet network, InterfaceName out) {
    static final String CHAIN = "VPSGW-SNAT";
    /** The chain from which a jump leads to ours. */
    static final String HOOK = "POSTROUTING";
    /** Where both are, as nftables names it. */
    static final String TABLE = "ip nat";

    private static final String COMMENT = "-m comment --comment \"vps-gateway: outbound address\"";

    /** The rule by which traffic gets to our chain. */
    static final String JUMP = "-A " + HOOK + " " + COMMENT + " -j " + CHAIN;

    static final String TO_SOURCE = "--to-source ";

    /** As {@code iptables -S} writes it, both for the legacy and for the nft backend. */
    String text() {
        return "-A " + CHAIN + " -s " + network + " ! -d " + network + " -o " + out + " " + COMMENT + " -j SNAT "
                + TO_SOURCE + source;
    }
}
