package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.dnsmasq.lease.SkippedLine.Kind;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Reads the lease file of dnsmasq 2.90: {@code <expiry, 0 = never> <mac> <address> <name|*> <client-id|*>} on each line.
 * Total: every text has a meaning, each line is a lease or a skipped line.
 */
public final class LeaseFileParser {
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
    private static final Pattern HARDWARE_TYPE = Pattern.compile("[0-9a-f]{2}-.*");
    /** In the place of a MAC, DHCPv6 has the IAID of an IA_NA, or {@code T} and that of an IA_TA. */
    private static final Pattern IDENTITY_ASSOCIATION = Pattern.compile("T?[0-9]{1,10}");

    private static final String NONE = "*";

    /** What a text holds, both lists in the order of its lines. */
    public record Parsed(List<Lease> leases, List<SkippedLine> skipped) {
        public Parsed {
            leases = List.copyOf(leases);
            skipped = List.copyOf(skipped);
        }

        /** Whether dnsmasq can have written every line. */
        public boolean isWellFormed() {
            return skipped.stream().noneMatch(line -> line.kind() == Kind.MALFORMED);
        }
    }

    private final List<Lease> leases = new ArrayList<>();
    private final List<SkippedLine> skipped = new ArrayList<>();

    private LeaseFileParser() {}

    /** Reads a whole file; a last line without newline is read like the others. */
    public static Parsed parse(String text) {
        LeaseFileParser parser = new LeaseFileParser();
        int number = 0;
        for (int start = 0; start < text.length(); ) {
            int newline = text.indexOf('\n', start);
            int end = newline < 0 ? text.length() : newline;
            parser.read(++number, text.substring(start, end));
            start = end + 1;
        }
        return new Parsed(parser.leases, parser.skipped);
    }

    private void read(int number, String line) {
        String[] fields = line.split(" ", -1);
        if (fields[0].equals("duid")) {
            skip(number, Kind.DHCPV6, "the server's DUID");
        } else if (fields.length != 5) {
            skip(number, Kind.MALFORMED, fields.length + " fields instead of 5");
        } else if (IDENTITY_ASSOCIATION.matcher(fields[1]).matches()) {
            skip(number, Kind.DHCPV6, "a DHCPv6 lease");
        } else if (HARDWARE_TYPE.matcher(fields[1]).matches()) {
            skip(number, Kind.NOT_ETHERNET, "the hardware address is not an Ethernet one");
        } else {
            readLease(number, fields);
        }
    }

    private void readLease(int number, String[] fields) {
        try {
            leases.add(new Lease(
                    MacAddress.parse(fields[1]),
                    Ipv4Address.parse(fields[2]),
                    hostname(fields[3]),
                    expiry(fields[0]),
                    fields[4].equals(NONE) ? Optional.empty() : Optional.of(new ClientId(fields[4]))));
        } catch (InvalidValueException malformed) {
            skip(number, Kind.MALFORMED, malformed.getMessage());
        }
    }

    private void skip(int number, Kind kind, String reason) {
        skipped.add(new SkippedLine(number, kind, reason));
    }

    /** dnsmasq also accepts names that are not labels ({@code _x}); such a lease counts, its name does not. */
    private static Optional<DnsLabel> hostname(String field) {
        try {
            return field.equals(NONE) ? Optional.empty() : Optional.of(DnsLabel.parse(field));
        } catch (InvalidValueException notOneOfOurNames) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> expiry(String field) {
        if (!SECONDS.matcher(field).matches()) {
            throw new InvalidValueException(field, "seconds since 1970, or 0");
        }
        long seconds = Long.parseLong(field);
        return seconds == 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }
}
