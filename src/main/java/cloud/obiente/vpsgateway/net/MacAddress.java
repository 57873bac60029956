package cloud.obiente.vpsgateway.net;

import java.util.regex.Pattern;

/**
 * The Ethernet address of one NIC: 48 bits, unicast, not all zeros.
 *
 * @param bits the address in the low 48 bits
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {
    private static final String EXPECTED = "a unicast MAC address such as 02:00:00:00:00:01";
    private static final Pattern NOTATIONS = Pattern.compile("(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}"
            + "|(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}"
            + "|(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4}"
            + "|[0-9A-Fa-f]{12}");
    private static final long MULTICAST = 1L << 40;

    /** @throws IllegalArgumentException when more than 48 bits are given, or the address is multicast or all zeros */
    public MacAddress {
        if (bits >>> 48 != 0 || bits == 0 || (bits & MULTICAST) != 0) {
            throw new IllegalArgumentException(Long.toHexString(bits) + " is not a unicast MAC address");
        }
    }

    /**
     * Reads the common notations: colons, dashes, dotted triple ({@code 0200.0000.0001}) and bare hex digits, upper or lower
     * case. Multicast, broadcast and the all-zero address are refused: no NIC has them.
     *
     * @throws InvalidValueException when the text is anything else
     */
    public static MacAddress parse(String text) {
        if (!NOTATIONS.matcher(text).matches()) {
            throw new InvalidValueException(text, EXPECTED);
        }
        long bits = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = Character.digit(text.charAt(i), 16);
            bits = digit < 0 ? bits : bits << 4 | digit;
        }
        if (bits == 0 || (bits & MULTICAST) != 0) {
            throw new InvalidValueException(text, EXPECTED);
        }
        return new MacAddress(bits);
    }

    /** The six octets in transmission order. */
    public byte[] octets() {
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (bits >>> (40 - 8 * i));
        }
        return octets;
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    /** Lower case with colons. */
    @Override
    public String toString() {
        StringBuilder out = new StringBuilder(17);
        for (int shift = 40; shift >= 0; shift -= 8) {
            out.append(Character.forDigit((int) (bits >>> (shift + 4)) & 15, 16))
                    .append(Character.forDigit((int) (bits >>> shift) & 15, 16))
                    .append(shift == 0 ? "" : ":");
        }
        return out.toString();
    }
}
