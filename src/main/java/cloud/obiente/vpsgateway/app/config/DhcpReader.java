package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_ADVERTISE_DNS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_DNS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_DOMAIN;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_GATEWAY;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_INTERFACE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_LEASES_DIR;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_LEASE_TIME;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_LISTEN_IP;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_MODE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_END;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_SHARE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_POOL_START;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_QUARANTINE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_SUBNET;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_SUBNET_MASK;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_DHCP_UNKNOWN_CLIENTS;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.dnsmasq.AdvertisedDns;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the variables about addresses, DHCP and DNS; what they must be to each other is in {@link NetworkRules}. */
final class DhcpReader {
    private static final DurationRange LEASE_TIME = new DurationRange("2m", "365d");
    private static final DurationRange QUARANTINE = new DurationRange("0s", "365d");
    private static final int DEFAULT_DNS_PORT = 53;
    private static final Subnet LOOPBACK = new Subnet(Ipv4Address.parse("127.0.0.0"), 8);

    private final ValueReader values;
    private final NetworkRules rules;

    DhcpReader(ValueReader values) {
        this.values = values;
        this.rules = new NetworkRules(values);
    }

    /** Empty when there is a problem anywhere in the configuration so far. */
    Optional<DhcpSettings> read(Optional<Integer> dnsPort) {
        Optional<DhcpMode> mode = values.readChoice(GATEWAY_DHCP_MODE, DhcpMode.class);
        Optional<Ipv4Address> router = values.read(GATEWAY_DHCP_GATEWAY, Ipv4Address::parse);
        Optional<Ipv4Address> listenIp = values.read(GATEWAY_DHCP_LISTEN_IP, Ipv4Address::parse);
        Optional<List<Ipv4Address>> upstreamDns = values.read(GATEWAY_DHCP_DNS, DhcpReader::parseAddresses);
        Optional<Subnet> subnet = readSubnet(router);
        Optional<Ipv4Range> pool = readPool(subnet);
        Optional<PoolShare> share = values.read(GATEWAY_DHCP_POOL_SHARE, PoolShare::parse);
        Optional<InterfaceName> networkInterface = values.read(GATEWAY_DHCP_INTERFACE, InterfaceName::new);
        Optional<AdvertisedDns> advertiseDns = values.readChoice(GATEWAY_DHCP_ADVERTISE_DNS, AdvertisedDns.class);
        Optional<DomainName> domain = values.read(GATEWAY_DHCP_DOMAIN, DomainName::parse);
        Optional<Duration> leaseTime = values.read(GATEWAY_DHCP_LEASE_TIME, LEASE_TIME::parse);
        Optional<Duration> quarantine = values.read(GATEWAY_DHCP_QUARANTINE, QUARANTINE::parse);
        Optional<Path> stateDirectory = values.read(GATEWAY_DHCP_LEASES_DIR, AbsolutePath::parse);
        Optional<UnknownClients> unknownClients = values.readChoice(GATEWAY_DHCP_UNKNOWN_CLIENTS, UnknownClients.class);
        Optional<SharedDynamic> sharedDynamic = values.read(GATEWAY_DHCP_ALLOW_SHARED_DYNAMIC, SharedDynamic::parse);
        mode.ifPresent(known -> rules.checkListenIp(known, listenIp, subnet));
        upstreamDns.ifPresent(resolvers -> checkUpstream(resolvers, listenIp));
        rules.checkPool(pool, share, subnet, takenBy(router, listenIp, upstreamDns));
        if (values.hasProblems()) {
            return Optional.empty();
        }
        DhcpSettings settings = new DhcpSettings(
                mode.orElseThrow(),
                pool.orElseThrow(),
                share.orElseThrow(),
                subnet.orElseThrow(),
                router.orElseThrow(),
                networkInterface.orElseThrow(),
                listenIp,
                upstreamDns.orElseThrow(),
                advertiseDns.orElseThrow(),
                domain.orElseThrow(),
                leaseTime.orElseThrow(),
                stateDirectory.orElseThrow(),
                quarantine.or(() -> leaseTime).orElseThrow(),
                unknownClients.orElseThrow(),
                dnsPort.orElseThrow());
        warnAboutCombinations(settings);
        rules.checkDynamicRange(settings, sharedDynamic.orElseThrow());
        return values.hasProblems() ? Optional.empty() : Optional.of(settings);
    }

    private Optional<Subnet> readSubnet(Optional<Ipv4Address> router) {
        Optional<Integer> prefix = values.read(GATEWAY_DHCP_SUBNET_MASK, Subnet::parsePrefix);
        Optional<ConfiguredSubnet> given = values.read(GATEWAY_DHCP_SUBNET, ConfiguredSubnet::parse);
        Optional<Subnet> subnet = router.flatMap(address -> prefix.map(length -> Subnet.around(address, length)));
        subnet.ifPresent(network -> {
            rules.checkRouter(router.orElseThrow(), network);
            given.ifPresent(claim -> rules.checkGivenSubnet(claim, network));
        });
        return subnet;
    }

    private Optional<Ipv4Range> readPool(Optional<Subnet> subnet) {
        Optional<Ipv4Address> first = values.read(GATEWAY_DHCP_POOL_START, Ipv4Address::parse);
        Optional<Ipv4Address> last = values.read(GATEWAY_DHCP_POOL_END, Ipv4Address::parse);
        first.ifPresent(address -> rules.checkInside(GATEWAY_DHCP_POOL_START, address, subnet));
        last.ifPresent(address -> rules.checkInside(GATEWAY_DHCP_POOL_END, address, subnet));
        return first.flatMap(start -> last.flatMap(end -> rules.poolOf(start, end)));
    }

    private static Set<Ipv4Address> takenBy(
            Optional<Ipv4Address> router, Optional<Ipv4Address> listenIp, Optional<List<Ipv4Address>> upstreamDns) {
        Set<Ipv4Address> taken = new HashSet<>(upstreamDns.orElse(List.of()));
        router.ifPresent(taken::add);
        listenIp.ifPresent(taken::add);
        return taken;
    }

    /** A resolver that asks itself answers nothing: dnsmasq leaves it out, and outside names are refused. */
    private void checkUpstream(List<Ipv4Address> resolvers, Optional<Ipv4Address> listenIp) {
        resolvers.stream()
                .filter(resolver -> listenIp.filter(resolver::equals).isPresent())
                .forEach(
                        own -> values.note(
                                new ConfigError(
                                        GATEWAY_DHCP_DNS,
                                        "'" + own
                                                + "' is this gateway itself (expected: the resolver that your network or provider has)")));
        resolvers.stream()
                .filter(LOOPBACK::contains)
                .forEach(loopback -> values.warn("GATEWAY_DHCP_DNS has " + loopback
                        + ", which is each host itself: 127.0.0.1 is this gateway and is not"
                        + " asked, and a VPS that is told to ask it (GATEWAY_DHCP_ADVERTISE_DNS other than gateway) asks"
                        + " itself."));
    }

    private static List<Ipv4Address> parseAddresses(String text) {
        try {
            return Arrays.stream(text.split(",", -1))
                    .map(String::strip)
                    .map(Ipv4Address::parse)
                    .distinct()
                    .toList();
        } catch (InvalidValueException badEntry) {
            throw new InvalidValueException(text, "IPv4 addresses separated by commas, such as 1.1.1.1,1.0.0.1");
        }
    }

    private void warnAboutCombinations(DhcpSettings settings) {
        if (settings.mode() == DhcpMode.FULL
                && settings.unknownClients() == UnknownClients.ADOPT
                && !settings.share().isWhole()) {
            values.warn(
                    "GATEWAY_DHCP_UNKNOWN_CLIENTS=adopt with GATEWAY_DHCP_POOL_SHARE: each gateway of the pool gives a"
                            + " VPS without an address one of its own. With resolve it gets none but the API's.");
        }
        if (settings.quarantine().compareTo(settings.leaseTime()) < 0) {
            values.warn(
                    "GATEWAY_DHCP_QUARANTINE is shorter than the lease time: a VPS that still holds a released address"
                            + " can meet the address's next owner.");
        }
        if (settings.mode() == DhcpMode.FULL && settings.dnsPort() != DEFAULT_DNS_PORT) {
            values.warn(
                    "GATEWAY_DNS_PORT is " + settings.dnsPort() + ", but VPSs ask port 53: names will not resolve.");
        }
    }
}
