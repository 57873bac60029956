package cloud.obiente.vpsgateway.net;

/**
 * An IPv4 address.
 *
 * @param bits the 32 bits in network order; address order is the unsigned order of the bits
 */
public record Ipv4Address(int bits) implements Comparable<Ipv4Address> {
    private static final String EXPECTED = "an IPv4 address such as 10.15.3.20";

    /**
     * Reads four decimal octets without leading zeros. Never asks a resolver; forms like {@code 010.1}, {@code 0x7f.1} or
     * {@code 1.2.3} are refused because programs disagree about them.
     *
     * @throws InvalidValueException when the text is anything else
     */
    public static Ipv4Address parse(String text) {
        int bits = 0;
        int octets = 0;
        int octet = -1;
        for (int i = 0; i <= text.length(); i++) {
            char c = i < text.length() ? text.charAt(i) : '.';
            if (c == '.') {
                if (octet < 0 || ++octets > 4) {
                    throw new InvalidValueException(text, EXPECTED);
                }
                bits = bits << 8 | octet;
                octet = -1;
            } else if (c >= '0' && c <= '9' && octet != 0) {
                octet = Math.max(octet, 0) * 10 + (c - '0');
                if (octet > 255) {
                    throw new InvalidValueException(text, EXPECTED);
                }
            } else {
                throw new InvalidValueException(text, EXPECTED);
            }
        }
        if (octets != 4) {
            throw new InvalidValueException(text, EXPECTED);
        }
        return new Ipv4Address(bits);
    }

    /** The address {@code distance} places further; wraps around at the end of the address space. */
    public Ipv4Address plus(int distance) {
        return new Ipv4Address(bits + distance);
    }

    /** The four octets in network order. */
    public byte[] octets() {
        return new byte[] {(byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits};
    }

    @Override
    public int compareTo(Ipv4Address other) {
        return Integer.compareUnsigned(bits, other.bits);
    }

    @Override
    public String toString() {
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }
}
