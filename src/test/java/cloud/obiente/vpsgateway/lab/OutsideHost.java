package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.stream.Stream;

/** A host that no gateway looks after. It goes with its {@link Lab}. */
public record OutsideHost(String name, Ipv4Address address) {
    /** Its NIC. */
    public static final MacAddress MAC = MacAddress.parse("02:00:00:00:fe:09");

    /** The gateway host's NIC on its cable. */
    public static final MacAddress UPLINK_MAC = MacAddress.parse("02:00:00:00:fe:01");

    static OutsideHost plugIn(String name, Ipv4Address uplink, Ipv4Address address) {
        String namespace = namespaceOf(name);
        ip("netns", "add", namespace);
        ip("-n", namespace, "link", "set", "lo", "up");
        ip(
                "link",
                "add",
                name,
                "address",
                UPLINK_MAC.toString(),
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                namespace);
        ip("-n", namespace, "link", "set", "eth0", "address", MAC.toString());
        ip("addr", "add", uplink + "/24", "dev", name);
        ip("link", "set", name, "up");
        ip("-n", namespace, "addr", "add", address + "/24", "dev", "eth0");
        ip("-n", namespace, "link", "set", "eth0", "up");
        ip("-n", namespace, "route", "add", "default", "via", uplink.toString());
        return new OutsideHost(name, address);
    }

    /** The name that {@code ip netns} knows a simulated host by. */
    static String namespaceOf(String host) {
        return "it-" + host;
    }

    private static void ip(String... arguments) {
        Command.run(Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList());
    }

    /** A NIC that sends any frame, and hears all. */
    public VirtualNic nic() {
        return VirtualNic.of(name);
    }

    /** A service on UDP that sends back what it gets. */
    public Conversation answering(int port) {
        return Conversation.answering(name, port);
    }
}
