package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The text of {@code dnsmasq.conf} (dnsmasq(8)); a function of the settings. */
final class DnsmasqConfigFile {
    /** dnsmasq's own default of 1000 would refuse lease 1001; this is above any pool that we accept. */
    private static final int LEASE_LIMIT = 70_000;

    /**
     * Questions that wait for an upstream resolver at once; dnsmasq's own default is 150. An unanswered one waits for 10 s, so
     * a VPS at its limit of 100 a second, after a burst of 500, has 1,500 of them: this is six such VPSs. More would cost all:
     * dnsmasq goes through the whole list, and a socket each, for each question.
     */
    private static final int FORWARD_LIMIT = 10_000;

    /** Names that are remembered, some 100 bytes each; dnsmasq's own default of 150 is a router's for one home. */
    static final int CACHE_SIZE = 10_000;

    /** In a DNS server option, dnsmasq replaces it by its own address on the interface. */
    private static final String OWN_ADDRESS = "0.0.0.0";

    /** Who runs dnsmasq. */
    enum Runner {
        ROOT,
        /** It changes neither user nor group then. */
        SOMEBODY_ELSE
    }

    private DnsmasqConfigFile() {}

    /**
     * Renders the file.
     *
     * @param runner who will run dnsmasq
     * @param onLoopback whether programs of this host are answered too
     */
    static String render(DnsmasqSettings settings, Runner runner, boolean onLoopback) {
        List<String> lines = new ArrayList<>();
        lines.add("# Written by vps-gateway at every start; changes made here are lost.");
        lines.addAll(settings.servesDhcp() ? interfaceLines(settings, onLoopback) : loopbackLines(settings));
        lines.addAll(dnsLines(settings));
        if (settings.servesDhcp()) {
            lines.addAll(dhcpLines(settings));
        }
        lines.add("log-facility=-");
        lines.add("pid-file=");
        if (runner == Runner.ROOT) {
            // It would otherwise become nobody and lose access to the state directory.
            lines.add("user=root");
            // Otherwise dnsmasq takes the group "dip", and a change of group ends the parent-death signal (prctl(2)).
            lines.add("group=root");
        }
        return lines.stream().map(line -> line + "\n").collect(Collectors.joining());
    }

    private static List<String> interfaceLines(DnsmasqSettings settings, boolean onLoopback) {
        // bind-dynamic: the interface may appear after the start and may go and come back.
        List<String> lines = new ArrayList<>(List.of(
                "port=" + settings.dnsPort(),
                "interface=" + settings.interfaceName(),
                // A listen-address is stronger, so this is about all other addresses of lo.
                "except-interface=lo",
                "bind-dynamic"));
        if (onLoopback) {
            lines.add("listen-address=" + LoopbackDns.ADDRESS);
            // With two interfaces for DHCP, dnsmasq would not bind its socket to either.
            lines.add("no-dhcp-interface=lo");
        }
        return lines;
    }

    private static List<String> loopbackLines(DnsmasqSettings settings) {
        return List.of(
                "port=" + settings.dnsPort(),
                "listen-address=" + settings.listenAddress().orElseThrow(),
                "bind-interfaces");
    }

    private static List<String> dnsLines(DnsmasqSettings settings) {
        List<String> lines = new ArrayList<>(List.of("no-resolv", "no-hosts", "domain-needed", "bogus-priv"));
        settings.upstream().forEach(resolver -> lines.add("server=" + resolver));
        lines.add("domain=" + settings.domain());
        lines.add("local=/" + settings.domain() + "/");
        lines.add("expand-hosts");
        lines.add("addn-hosts=" + settings.hostsFile());
        lines.add("servers-file=" + settings.localNamesFile());
        lines.add("dns-forward-max=" + FORWARD_LIMIT);
        lines.add("cache-size=" + CACHE_SIZE);
        return lines;
    }

    private static List<String> dhcpLines(DnsmasqSettings settings) {
        List<String> lines = new ArrayList<>(settings.dynamicRange()
                .map(dynamicRange -> rangesFor(dynamicRange, settings))
                .orElseGet(() -> knownOnly(settings)));
        lines.addAll(List.of(
                "dhcp-hostsfile=" + settings.dhcpHostsFile(),
                "dhcp-ignore-names",
                "dhcp-lease-max=" + LEASE_LIMIT,
                "no-ping",
                "dhcp-option=option:router," + settings.router(),
                "dhcp-leasefile=" + settings.leasesFile()));
        String resolvers = resolvers(settings);
        // An empty list still needs the option: without it dnsmasq advertises itself.
        lines.add("dhcp-option=option:dns-server" + (resolvers.isEmpty() ? "" : "," + resolvers));
        return lines;
    }

    private static List<String> knownOnly(DnsmasqSettings settings) {
        return List.of(
                "dhcp-range=" + staticRange(settings),
                // Without it, two gateways on one segment refuse each other's clients.
                "dhcp-ignore=tag:!known",
                "dhcp-authoritative");
    }

    private static List<String> rangesFor(DnsmasqSettings.DynamicRange dynamicRange, DnsmasqSettings settings) {
        List<String> lines = new ArrayList<>(List.of(
                "dhcp-range=tag:known," + staticRange(settings),
                "dhcp-range=tag:!known," + dynamicRange.addresses().first() + ","
                        + dynamicRange.addresses().last() + ","
                        + settings.subnet().mask() + ","
                        + dynamicRange.leaseTime().toSeconds()));
        if (dynamicRange.segment() == DnsmasqSettings.Segment.OURS_ALONE) {
            // A client with an address of another network or time gets a DHCPNAK, and asks for a new one at once.
            lines.add("dhcp-authoritative");
        }
        return lines;
    }

    private static String staticRange(DnsmasqSettings settings) {
        return settings.subnet().network() + ",static," + settings.subnet().mask() + ","
                + settings.leaseTime().toSeconds();
    }

    private static String resolvers(DnsmasqSettings settings) {
        String own = settings.listenAddress().map(Ipv4Address::toString).orElse(OWN_ADDRESS);
        List<String> upstream =
                settings.upstream().stream().map(Ipv4Address::toString).toList();
        return String.join(",", settings.advertised().resolvers(List.of(own), upstream));
    }
}
