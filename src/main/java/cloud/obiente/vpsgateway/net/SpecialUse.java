package cloud.obiente.vpsgateway.net;

import java.util.List;
import java.util.Optional;

/**
 * Blocks whose addresses can never be those of a host on another network (RFC 6890, RFC 1112). Private networks (RFC 1918)
 * are none of them: hosts elsewhere do have such addresses, and some providers route them as public ones.
 *
 * @param description for people: completes "192.0.2.1 is …"
 */
public record SpecialUse(Subnet block, String description) {
    private static final List<SpecialUse> ALL = List.of(
            of("0.0.0.0", 8, "of the block for \"this network\""),
            of("127.0.0.0", 8, "a loopback address"),
            of("169.254.0.0", 16, "a link-local address"),
            of("224.0.0.0", 4, "a multicast address"),
            of("240.0.0.0", 4, "of the reserved block, which ends with the broadcast address"));

    private static SpecialUse of(String network, int prefix, String description) {
        return new SpecialUse(new Subnet(Ipv4Address.parse(network), prefix), description);
    }

    /** The block in which the address lies; empty for what a host can have. */
    public static Optional<SpecialUse> of(Ipv4Address address) {
        return ALL.stream().filter(use -> use.block.contains(address)).findFirst();
    }
}
