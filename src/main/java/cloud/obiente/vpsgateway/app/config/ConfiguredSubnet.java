package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.OptionalInt;

/** What GATEWAY_DHCP_SUBNET says: a network address, perhaps with a prefix length. */
record ConfiguredSubnet(Ipv4Address network, OptionalInt prefix) {

    /** @throws InvalidValueException when the text is neither an address nor CIDR notation */
    static ConfiguredSubnet parse(String text) {
        int slash = text.indexOf('/');
        try {
            return slash < 0
                    ? new ConfiguredSubnet(Ipv4Address.parse(text), OptionalInt.empty())
                    : new ConfiguredSubnet(
                            Ipv4Address.parse(text.substring(0, slash)),
                            OptionalInt.of(Subnet.parsePrefix(text.substring(slash + 1))));
        } catch (InvalidValueException badPart) {
            throw new InvalidValueException(text, "a network address such as 10.15.3.0 or 10.15.3.0/24");
        }
    }

    boolean isSameAs(Subnet subnet) {
        return network.equals(subnet.network()) && prefix.orElse(subnet.prefix()) == subnet.prefix();
    }

    @Override
    public String toString() {
        return network + (prefix.isPresent() ? "/" + prefix.getAsInt() : "");
    }
}
