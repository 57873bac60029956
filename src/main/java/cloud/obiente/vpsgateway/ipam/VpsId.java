package cloud.obiente.vpsgateway.ipam;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;

/**
 * The name of a VPS, unique among all VPSs of the API; also its host name in DNS.
 *
 * @param label the name as a DNS label, so that nothing else can reach a host file
 */
public record VpsId(DnsLabel label) implements Comparable<VpsId> {

    /** @throws InvalidValueException when the text is not a DNS label */
    public static VpsId parse(String text) {
        return new VpsId(DnsLabel.parse(text));
    }

    @Override
    public int compareTo(VpsId other) {
        return label.compareTo(other.label);
    }

    /** The lower-case label. */
    @Override
    public String toString() {
        return label.text();
    }
}
