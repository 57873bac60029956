package cloud.obiente.vpsgateway.net;

/**
 * An IPv4 network in CIDR terms (RFC 4632).
 *
 * @param network lowest address, all host bits zero
 * @param prefix length of the network part in bits, 0 to 32
 */
public record Subnet(Ipv4Address network, int prefix) {
    private static final String EXPECTED_MASK = "a prefix length such as 24, or a mask such as 255.255.255.0";

    /** @throws IllegalArgumentException when the prefix is out of range or host bits are set */
    public Subnet {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("'" + prefix + "' is not a prefix length (expected: 0 to 32)");
        }
        if ((network.bits() & ~maskBits(prefix)) != 0) {
            throw new IllegalArgumentException("'" + network + "/" + prefix + "' has host bits set (expected: "
                    + new Ipv4Address(network.bits() & maskBits(prefix)) + "/" + prefix + ")");
        }
    }

    /** The network of that size in which the address lies. */
    public static Subnet around(Ipv4Address address, int prefix) {
        return new Subnet(new Ipv4Address(address.bits() & maskBits(prefix)), prefix);
    }

    /**
     * Reads a prefix length ({@code 24} or {@code /24}) or a dotted mask.
     *
     * @return the prefix length in bits
     * @throws InvalidValueException when the text is neither, or the mask has a gap
     */
    public static int parsePrefix(String text) {
        String digits = text.startsWith("/") ? text.substring(1) : text;
        if (digits.matches("[0-9]|[12][0-9]|3[0-2]")) {
            return Integer.parseInt(digits);
        }
        try {
            int bits = Ipv4Address.parse(text).bits();
            int prefix = Integer.bitCount(bits);
            if (bits == maskBits(prefix)) {
                return prefix;
            }
        } catch (InvalidValueException notDotted) {
            throw new InvalidValueException(text, EXPECTED_MASK);
        }
        throw new InvalidValueException(text, EXPECTED_MASK);
    }

    private static int maskBits(int prefix) {
        return prefix == 0 ? 0 : -1 << (32 - prefix);
    }

    public boolean contains(Ipv4Address address) {
        return (address.bits() & maskBits(prefix)) == network.bits();
    }

    public Ipv4Address mask() {
        return new Ipv4Address(maskBits(prefix));
    }

    /** Highest address; in networks of /31 and /32 it is an ordinary host (RFC 3021). */
    public Ipv4Address broadcast() {
        return new Ipv4Address(network.bits() | ~maskBits(prefix));
    }

    /** The addresses that a host can have: without network and broadcast, except in /31 and /32. */
    public Ipv4Range hosts() {
        return prefix >= 31
                ? new Ipv4Range(network, broadcast())
                : new Ipv4Range(network.plus(1), broadcast().plus(-1));
    }

    @Override
    public String toString() {
        return network + "/" + prefix;
    }
}
