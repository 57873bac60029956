package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The addresses of {@code from="..."}: IPv4 patterns with {@code *} and {@code ?}, and networks such as 10.0.0.0/8 or
 * 2001:db8::/32; those behind a {@code !} are excluded, whatever else matches (ssh_config(5), PATTERNS). Refused are names,
 * which are not looked up, and IPv6 patterns, because there are many ways to write the address that they would have to match.
 */
final class SourcePatterns {
    private static final Pattern WILDCARD = Pattern.compile("[0-9.*?]*[*?][0-9.*?]*");
    private static final Pattern LITERAL = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F.]*:[0-9a-fA-F:.]*");
    private static final Pattern PREFIX = Pattern.compile("[0-9]{1,3}");

    private final List<PatternEntry> entries;

    private SourcePatterns(List<PatternEntry> entries) {
        this.entries = entries;
    }

    private record PatternEntry(boolean excludes, Matcher matcher) {}

    @FunctionalInterface
    private interface Matcher {
        boolean matches(InetAddress address);
    }

    /** @throws InvalidValueException when there is something that is neither a pattern of addresses nor a network */
    static SourcePatterns parse(String text) {
        return new SourcePatterns(Arrays.stream(text.split(",", -1))
                .map(entry -> parseEntry(entry.strip(), text))
                .toList());
    }

    private static PatternEntry parseEntry(String entry, String text) {
        boolean excludes = entry.startsWith("!");
        String pattern = excludes ? entry.substring(1) : entry;
        if (WILDCARD.matcher(pattern).matches()) {
            Pattern glob = Pattern.compile(
                    pattern.replace(".", "\\.").replace("*", ".*").replace("?", "."));
            return new PatternEntry(
                    excludes, address -> glob.matcher(address.getHostAddress()).matches());
        }
        return new PatternEntry(excludes, network(pattern, text));
    }

    private static Matcher network(String pattern, String text) {
        String[] parts = pattern.split("/", 2);
        byte[] network = octets(parts[0], text);
        int bits = parts.length == 1 ? network.length * Byte.SIZE : prefix(parts[1], network, text);
        if (hasHostBits(network, bits)) {
            throw refusal(text);
        }
        return address -> sameNetwork(network, bits, address.getAddress());
    }

    /** OpenSSH refuses them, too: was the one address meant, or the network around it? */
    private static boolean hasHostBits(byte[] network, int bits) {
        return IntStream.range(bits, network.length * Byte.SIZE)
                .anyMatch(bit -> (network[bit / Byte.SIZE] & 0x80 >> bit % Byte.SIZE) != 0);
    }

    private static byte[] octets(String address, String text) {
        if (!LITERAL.matcher(address).matches()) {
            throw refusal(text);
        }
        try {
            // Of this form it is a literal, which is never looked up.
            return InetAddress.getByName(address).getAddress();
        } catch (UnknownHostException notAnAddress) {
            throw refusal(text);
        }
    }

    private static int prefix(String prefix, byte[] network, String text) {
        int bits = PREFIX.matcher(prefix).matches() ? Integer.parseInt(prefix) : Integer.MAX_VALUE;
        if (bits > network.length * Byte.SIZE) {
            throw refusal(text);
        }
        return bits;
    }

    private static boolean sameNetwork(byte[] network, int bits, byte[] address) {
        if (network.length != address.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            int mask = 0x80 >> bit % Byte.SIZE;
            if (((network[bit / Byte.SIZE] ^ address[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }

    boolean admit(InetAddress address) {
        boolean excluded = entries.stream()
                .anyMatch(entry -> entry.excludes() && entry.matcher().matches(address));
        return !excluded
                && entries.stream()
                        .anyMatch(entry -> !entry.excludes() && entry.matcher().matches(address));
    }

    private static InvalidValueException refusal(String text) {
        return new InvalidValueException(
                text,
                "addresses, networks such as 10.0.0.0/8, or IPv4 patterns such as 10.0.0.*; names are not looked up");
    }
}
