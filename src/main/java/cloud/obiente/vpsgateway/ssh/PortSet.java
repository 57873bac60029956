package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * TCP ports: single ones and ranges.
 *
 * @param ranges at least one
 */
public record PortSet(List<Range> ranges) {
    private static final String EXPECTED = "ports and ranges separated by commas, such as 22,2200-2299";
    private static final Pattern RANGE = Pattern.compile("([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?");
    private static final int HIGHEST = 65_535;

    public PortSet {
        ranges = List.copyOf(ranges);
    }

    /** Ports from first to last, both included. */
    public record Range(int first, int last) {
        @Override
        public String toString() {
            return first == last ? Integer.toString(first) : first + "-" + last;
        }
    }

    /** @throws InvalidValueException when the text is not a list of ports and ranges */
    public static PortSet parse(String text) {
        return new PortSet(Arrays.stream(text.split(",", -1))
                .map(entry -> parseRange(entry.strip(), text))
                .toList());
    }

    private static Range parseRange(String entry, String text) {
        Matcher found = RANGE.matcher(entry);
        if (!found.matches()) {
            throw new InvalidValueException(text, EXPECTED);
        }
        int first = Integer.parseInt(found.group(1));
        int last = found.group(2) == null ? first : Integer.parseInt(found.group(2));
        if (last < first || last > HIGHEST) {
            throw new InvalidValueException(text, EXPECTED);
        }
        return new Range(first, last);
    }

    public boolean contains(int port) {
        return ranges.stream().anyMatch(range -> range.first() <= port && port <= range.last());
    }

    /** In the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return ranges.stream().map(Range::toString).collect(Collectors.joining(","));
    }
}
