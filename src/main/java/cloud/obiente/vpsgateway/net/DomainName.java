package cloud.obiente.vpsgateway.net;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A domain: one or more labels, at most 253 characters (RFC 1035 section 2.3.4).
 *
 * @param labels the labels from left to right
 */
public record DomainName(List<DnsLabel> labels) {
    private static final String EXPECTED = "a domain such as vps.internal";
    private static final int MAX_LENGTH = 253;

    public DomainName {
        labels = List.copyOf(labels);
    }

    /**
     * Reads dotted labels; one trailing dot is allowed.
     *
     * @throws InvalidValueException when the text is not a domain
     */
    public static DomainName parse(String text) {
        String name = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
        if (name.length() > MAX_LENGTH) {
            throw new InvalidValueException(text, EXPECTED);
        }
        try {
            return new DomainName(
                    Arrays.stream(name.split("\\.", -1)).map(DnsLabel::parse).toList());
        } catch (InvalidValueException badLabel) {
            throw new InvalidValueException(text, EXPECTED);
        }
    }

    /** The fully qualified name of a host in this domain, without a trailing dot. */
    public String nameOf(DnsLabel host) {
        return host + "." + this;
    }

    @Override
    public String toString() {
        return labels.stream().map(DnsLabel::text).collect(Collectors.joining("."));
    }
}
