package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_GATEWAY;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_LISTEN_IP;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_END;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_SHARE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_START;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_SUBNET;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_UNKNOWN_CLIENTS;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
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
    void checkPool(
            Optional<Ipv4Range> pool, Optional<PoolShare> share, Optional<Subnet> subnet, Set<Ipv4Address> taken) {
        if (pool.isEmpty() || subnet.isEmpty() || !isInside(pool.get(), subnet.get())) {
            return;
        }
        warnWhenLarge(pool.get(), share.flatMap(part -> part.of(pool.get())).orElse(pool.get()));
        if (isUsedUp(pool.get(), subnet.get(), taken)) {
            note(
                    GATEWAY_DHCP_POOL_END,
                    pool.get().last(),
                    "leaves no address for VPSs: all of " + pool.get() + " belong to the network, router or resolvers",
                    "at least one other address in the pool");
        } else {
            share.ifPresent(part -> checkShare(part, pool.get(), subnet.get(), taken));
        }
    }

    private void checkShare(PoolShare share, Ipv4Range pool, Subnet subnet, Set<Ipv4Address> taken) {
        Optional<Ipv4Range> addresses = share.of(pool);
        if (addresses.isEmpty()) {
            note(
                    GATEWAY_DHCP_POOL_SHARE,
                    share,
                    "makes more parts than the pool " + pool + " has addresses",
                    "at most " + pool.size() + " parts, or a larger pool");
        } else if (isUsedUp(addresses.get(), subnet, taken)) {
            note(
                    GATEWAY_DHCP_POOL_SHARE,
                    share,
                    "leaves no address for VPSs: all of " + addresses.get()
                            + " belong to the network, router or resolvers",
                    "fewer parts, or a larger pool");
        }
    }

    private static boolean isUsedUp(Ipv4Range range, Subnet subnet, Set<Ipv4Address> taken) {
        return range.stream().noneMatch(address -> isFree(address, subnet, taken));
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
                    "would lend addresses to the VPSs of other gateways: " + whySeveral(settings)
                            + ", so this gateway is one of several",
                    "resolve; or GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC=true where no other gateway is on the network");
        }
    }

    private static String whySeveral(DhcpSettings settings) {
        return settings.share().isWhole()
                ? "GATEWAY_DHCP_LISTEN_IP '" + settings.listenIp().orElseThrow() + "' is not the router '"
                        + settings.router() + "'"
                : "GATEWAY_DHCP_POOL_SHARE is '" + settings.share() + "'";
    }

    private void warnWhenLarge(Ipv4Range pool, Ipv4Range part) {
        if (part.size() > COMFORTABLE_POOL) {
            values.warn((part.equals(pool) ? "The pool has " : "This gateway's share of the pool has ") + part.size()
                    + " addresses. With more than " + COMFORTABLE_POOL
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
