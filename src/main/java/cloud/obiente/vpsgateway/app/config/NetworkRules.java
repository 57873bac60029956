package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_GATEWAY;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_LISTEN_IP;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_END;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_START;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_SUBNET;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_UNKNOWN_CLIENTS;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.Subnet;
import java.util.Optional;
import java.util.Set;

/** What addresses, subnet and pool must be to each other. Each check notes its problem and goes on. */
final class NetworkRules {
    /** A reload of dnsmasq takes time quadratic in the number of reservations: seconds without DNS at this size. */
    private static final long MAX_POOL_SIZE = 65_536;

    /** Up to here a reload takes about 0.2 s. */
    private static final long COMFORTABLE_POOL = 4_096;

    private final ValueReader values;

    NetworkRules(ValueReader values) {
        this.values = values;
    }

    void checkGivenSubnet(ConfiguredSubnet given, Subnet subnet) {
        if (!given.isSameAs(subnet)) {
            note(
                    GATEWAY_DHCP_SUBNET,
                    given,
                    "does not agree with GATEWAY_DHCP_GATEWAY and GATEWAY_DHCP_SUBNET_MASK",
                    subnet.toString());
        }
    }

    void checkRouter(Ipv4Address router, Subnet subnet) {
        checkHost(GATEWAY_DHCP_GATEWAY, router, subnet);
    }

    /** The listen address must be in the subnet to serve DHCP; DNS alone can be anywhere, but nowhere by default. */
    void checkListenIp(DhcpMode mode, Optional<Ipv4Address> listenIp, Optional<Subnet> subnet) {
        if (mode == DhcpMode.FULL) {
            listenIp.ifPresent(
                    address -> subnet.ifPresent(network -> checkHost(GATEWAY_DHCP_LISTEN_IP, address, network)));
        } else if (values.literal(GATEWAY_DHCP_LISTEN_IP).isEmpty()) {
            values.note(ConfigError.notSet(
                    GATEWAY_DHCP_LISTEN_IP, "the address that DNS listens on, because GATEWAY_DHCP_MODE is dns-only"));
        }
    }

    private void checkHost(Variable variable, Ipv4Address address, Subnet subnet) {
        if (!subnet.hosts().contains(address)) {
            note(variable, address, "is not a host of " + subnet, "an address in " + subnet.hosts());
        }
    }

    void checkInside(Variable variable, Ipv4Address address, Optional<Subnet> subnet) {
        subnet.filter(network -> !network.contains(address))
                .ifPresent(network ->
                        note(variable, address, "is outside of " + network, "an address in " + network.hosts()));
    }

    /** Empty when the ends are the wrong way round, or too far apart. */
    Optional<Ipv4Range> poolOf(Ipv4Address first, Ipv4Address last) {
        if (last.compareTo(first) < 0) {
            note(
                    GATEWAY_DHCP_POOL_END,
                    last,
                    "is before " + GATEWAY_DHCP_POOL_START + " '" + first + "'",
                    "an address from " + first + " on");
            return Optional.empty();
        }
        Ipv4Range pool = new Ipv4Range(first, last);
        if (pool.size() > MAX_POOL_SIZE) {
            note(
                    GATEWAY_DHCP_POOL_END,
                    last,
                    "makes a pool of " + pool.size() + " addresses",
                    "at most " + MAX_POOL_SIZE + " addresses");
            return Optional.empty();
        }
        return Optional.of(pool);
    }

    /** @param taken addresses that VPSs never get */
    void checkPool(Optional<Ipv4Range> pool, Optional<Subnet> subnet, Set<Ipv4Address> taken) {
        pool.ifPresent(this::warnWhenLarge);
        pool.ifPresent(range -> subnet.filter(network -> isInside(range, network))
                .filter(network -> range.stream().noneMatch(address -> isFree(address, network, taken)))
                .ifPresent(network -> note(
                        GATEWAY_DHCP_POOL_END,
                        range.last(),
                        "leaves no address for VPSs: all of " + range + " belong to the network, router or resolvers",
                        "at least one other address in the pool")));
    }

    /** Two gateways with a dynamic range would each lease an address to an unknown client; with one, it gets one. */
    void checkDynamicRange(DhcpSettings settings, SharedDynamic sharedDynamic) {
        boolean refused = settings.mode() == DhcpMode.FULL
                && settings.unknownClients() == UnknownClients.SERVE
                && settings.sharesSegment()
                && sharedDynamic == SharedDynamic.REFUSED;
        if (refused) {
            note(
                    GATEWAY_DHCP_UNKNOWN_CLIENTS,
                    "serve",
                    "would lend addresses to the VPSs of other gateways: GATEWAY_DHCP_LISTEN_IP '"
                            + settings.listenIp().orElseThrow() + "' is not the router '" + settings.router()
                            + "', so this gateway is one of several",
                    "resolve; or GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC=true where no other gateway is on the network");
        }
    }

    private void warnWhenLarge(Ipv4Range pool) {
        if (pool.size() > COMFORTABLE_POOL) {
            values.warn("The pool has " + pool.size() + " addresses. With more than " + COMFORTABLE_POOL
                    + " VPSs every change stalls DHCP and DNS for 0.2 seconds and more.");
        }
    }

    private static boolean isInside(Ipv4Range pool, Subnet subnet) {
        return subnet.contains(pool.first()) && subnet.contains(pool.last());
    }

    private static boolean isFree(Ipv4Address address, Subnet subnet, Set<Ipv4Address> taken) {
        return subnet.hosts().contains(address) && !taken.contains(address);
    }

    private void note(Variable variable, Object value, String fault, String expected) {
        values.note(new ConfigError(variable, "'" + value + "' " + fault + " (expected: " + expected + ")"));
    }
}
