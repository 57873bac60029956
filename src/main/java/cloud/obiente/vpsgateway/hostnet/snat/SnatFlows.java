package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.io.IOException;
import java.util.OptionalLong;

/** Connections that the kernel knows; conntrack(8). Blocks; stateless. */
record SnatFlows(HostTools tools) {
    private static final String SOURCE = "src=";

    /** How many connections of that network have left with that address; empty when the tool does not tell. */
    OptionalLong of(Subnet network, Ipv4Address source) {
        try {
            ToolResult listed = tools.run("conntrack", "-L", "--reply-dst", source.toString());
            return listed.succeeded() ? OptionalLong.of(count(listed.output(), network)) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    /** Of each line the first source is the one that began the connection. */
    static long count(String listing, Subnet network) {
        return listing.lines().filter(line -> beganIn(line, network)).count();
    }

    private static boolean beganIn(String line, Subnet network) {
        int at = line.indexOf(SOURCE);
        if (at < 0) {
            return false;
        }
        String rest = line.substring(at + SOURCE.length());
        int end = rest.indexOf(' ');
        try {
            return network.contains(Ipv4Address.parse(end < 0 ? rest : rest.substring(0, end)));
        } catch (InvalidValueException notIpv4) {
            return false;
        }
    }
}
