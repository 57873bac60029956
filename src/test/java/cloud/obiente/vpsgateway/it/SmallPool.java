package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.net.Ipv4Address;

/** A pool of ten addresses, one of which is never given away. */
final class SmallPool {
    static final Ipv4Address FIRST = Ipv4Address.parse("10.15.3.20");
    static final Ipv4Address SECOND = Ipv4Address.parse("10.15.3.21");
    static final Ipv4Address LAST = Ipv4Address.parse("10.15.3.29");
    /** Belongs to an upstream resolver. */
    static final Ipv4Address RESOLVER = Ipv4Address.parse("10.15.3.25");

    static final int USABLE = 9;

    private SmallPool() {}

    /** A world with this pool, whose gateway is not started yet. */
    static World world(String name) {
        return World.create(name)
                .with("GATEWAY_DHCP_POOL_START", FIRST.toString())
                .with("GATEWAY_DHCP_POOL_END", LAST.toString())
                .with("GATEWAY_DHCP_DNS", RESOLVER.toString());
    }
}
