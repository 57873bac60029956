package cloud.obiente.vpsgateway.net;

import java.util.Optional;
import java.util.stream.Stream;

/**
 * Blocks whose addresses can never be those of a host on another network (RFC 6890, RFC 1112). Private networks (RFC 1918)
 * are none of them: hosts elsewhere do have such addresses, and some providers route them as public ones.
 */
public enum SpecialUse {
    THIS_NETWORK("0.0.0.0", 8, "of the block for \"this network\""),
    LOOPBACK("127.0.0.0", 8, "a loopback address"),
    LINK_LOCAL("169.254.0.0", 16, "a link-local address"),
    MULTICAST("224.0.0.0", 4, "a multicast address"),
    RESERVED("240.0.0.0", 4, "of the reserved block, which ends with the broadcast address");

    private final Subnet block;
    private final String description;

    SpecialUse(String network, int prefix, String description) {
        this.block = new Subnet(Ipv4Address.parse(network), prefix);
        this.description = description;
    }

    /** The block in which the address lies; empty for what a host can have. */
    public static Optional<SpecialUse> of(Ipv4Address address) {
        return Stream.of(values()).filter(use -> use.block.contains(address)).findFirst();
    }

    /** For people: completes "192.0.2.1 is …". */
    public String description() {
        return description;
    }
}
