package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/** Who plays in a {@link Scene}, and by which addresses. */
final class Cast {
    /** Has a private and a public address, which others are after. */
    static final Role OWNER = new Role("vps-10", "02:00:00:00:00:0a", "10.15.3.20", "203.0.113.10");

    /** Has the same, on the same segment; whom the owner talks to. */
    static final Role NEIGHBOUR = new Role("vps-11", "02:00:00:00:00:0b", "10.15.3.21", "203.0.113.11");

    /** Has the same and is switched off: its NIC is on the guard's list and not on the segment. */
    static final Role SLEEPER = new Role("vps-12", "02:00:00:00:00:0c", "10.15.3.22", "203.0.113.12");

    /** A tenant like all others, with an address of its own; what it sends else is not its own. */
    static final MacAddress HOSTILE_MAC = MacAddress.parse("02:00:00:00:00:66");

    static final String HOSTILE_NAME = "vps-66";
    static final Ipv4Address HOSTILE = Ipv4Address.parse("10.15.3.66");

    static final Ipv4Address GATEWAY = Lab.GATEWAY;
    static final MacAddress GATEWAY_MAC = Lab.GATEWAY_MAC;
    /** The gateway's address in the network of the public ones. */
    static final Ipv4Address PUBLIC_GATEWAY = Ipv4Address.parse("203.0.113.1");

    static final Ipv4Address UPLINK = Ipv4Address.parse("192.0.2.1");
    /** Somewhere on the internet. */
    static final Ipv4Address OUTSIDE = Ipv4Address.parse("192.0.2.9");

    private Cast() {}

    /** One VPS: its private address comes by DHCP, the public one it has set itself. */
    record Role(String name, MacAddress mac, Ipv4Address privateAddress, Ipv4Address publicAddress) {
        Role(String name, String mac, String privateAddress, String publicAddress) {
            this(name, MacAddress.parse(mac), Ipv4Address.parse(privateAddress), Ipv4Address.parse(publicAddress));
        }
    }
}
