package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What nft(8) is told; each script is one transaction.
 *
 * <p>Each MAC address that we know has buckets of its own, and all others share one for each kind: MAC addresses can be
 * invented, and a bucket for each would be no limit. What is known is written by us, so nobody makes these sets grow.
 *
 * <p>Packets are judged before connection tracking (priority −449, behind the address guard), so that a flood fills neither
 * that nor a socket's queue. Only how many connections are open is asked behind it, because it is who knows.
 */
final class LimitRules {
    static final String TABLE = "inet vps_gateway_limits";
    static final String KNOWN = "known";
    /** Sets of what was dropped, by MAC address, and counters of the rest. */
    static final String DROPPED = "dropped_";

    static final String UNKNOWN = "unknown_";

    /** dnsmasq has 20 workers for TCP, each of which an idle connection keeps for minutes (MAX_PROCS, config.h). */
    private static final int OPEN_CONNECTIONS = 4;

    private static final int UNKNOWN_OPEN_CONNECTIONS = 8;
    /** Of all MAC addresses together that we do not know, in times of what one VPS may ask. */
    private static final int UNKNOWN_SHARE = 5;

    /** A boot takes two packets, and clients that get no answer ask again after seconds. */
    private static final String DHCP_LIMIT = "10/second burst 30 packets";
    /** Between what a storm of real clients sends and what dnsmasq does not notice. */
    private static final String UNKNOWN_DHCP_LIMIT = "300/second burst 1000 packets";
    /** Each connection is a process of dnsmasq's. */
    private static final String SYN_LIMIT = "20/second burst 60 packets";

    private static final String UNKNOWN_SYN_LIMIT = "40/second burst 120 packets";
    /** Not packets: the kernel hands over up to 64 KiB of them as one. */
    private static final String TCP_LIMIT = "32 kbytes/second burst 128 kbytes";

    private static final String UNKNOWN_TCP_LIMIT = "64 kbytes/second burst 256 kbytes";
    private static final String IS_SYN = "tcp flags & (syn | ack) == syn ";

    private LimitRules() {}

    /** The whole table in place of whatever is there. */
    static String load(LimitSettings settings, Collection<MacAddress> known) {
        return String.format(Locale.ROOT, "add table %1$s\ndelete table %1$s\n", TABLE)
                + table(settings)
                + elements("add", known);
    }

    static String change(Collection<MacAddress> gone, Collection<MacAddress> come) {
        return elements("delete", gone) + elements("add", come);
    }

    static String list() {
        return "list table " + TABLE + "\n";
    }

    /** Also where it is not there. */
    static String remove() {
        return "add table " + TABLE + "\ndelete table " + TABLE + "\n";
    }

    static String elements(String verb, String table, String set, Collection<?> elements) {
        return elements.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT,
                        "%s element %s %s { %s }\n",
                        verb,
                        table,
                        set,
                        elements.stream().map(Object::toString).collect(Collectors.joining(", ")));
    }

    private static String elements(String verb, Collection<MacAddress> macs) {
        return elements(verb, TABLE, KNOWN, macs);
    }

    private static String table(LimitSettings settings) {
        String toUs = "dport " + settings.dnsPort() + " fib daddr type local ";
        String dns = settings.dnsRate() + "/second burst " + settings.dnsBurst() + " packets";
        String unknownDns = settings.dnsRate() * UNKNOWN_SHARE + "/second burst " + settings.dnsBurst() * UNKNOWN_SHARE
                + " packets";
        return "table " + TABLE + " {\n"
                + "set " + KNOWN + " { type ether_addr; }\n"
                + buckets("rate_dns") + buckets("rate_syn") + buckets("rate_tcp") + buckets("rate_dhcp")
                // Elements go when the last connection does.
                + "set open_tcp { type ether_addr; size 65536; flags dynamic; }\n"
                + Stream.of(LimitKind.values()).map(LimitRules::records).collect(Collectors.joining())
                + chain(
                        "prerouting",
                        "type filter hook prerouting priority -449; policy accept;",
                        "iifname != \"" + settings.vpsInterface() + "\" return",
                        "udp " + toUs + "jump from_dns",
                        "tcp " + toUs + "jump from_tcp",
                        "udp dport 67 jump from_dhcp")
                + chain(
                        "input",
                        "type filter hook input priority -5; policy accept;",
                        "iifname \"" + settings.vpsInterface() + "\" tcp dport " + settings.dnsPort()
                                + " ct state new jump from_open")
                + split("dns", over(LimitKind.DNS, unknownDns))
                + chain("known_dns", over("rate_dns", LimitKind.DNS, dns))
                + split(
                        "tcp",
                        IS_SYN + over(LimitKind.DNS_TCP, UNKNOWN_SYN_LIMIT),
                        over(LimitKind.DNS_TCP, UNKNOWN_TCP_LIMIT))
                + chain(
                        "known_tcp",
                        IS_SYN + over("rate_syn", LimitKind.DNS_TCP, SYN_LIMIT),
                        over("rate_tcp", LimitKind.DNS_TCP, TCP_LIMIT))
                + split("dhcp", over(LimitKind.DHCP, UNKNOWN_DHCP_LIMIT))
                + chain("known_dhcp", over("rate_dhcp", LimitKind.DHCP, DHCP_LIMIT))
                + split("open", "ct count over " + UNKNOWN_OPEN_CONNECTIONS + dropUnknown(LimitKind.DNS_TCP))
                + chain(
                        "known_open",
                        "add @open_tcp { ether saddr ct count over " + OPEN_CONNECTIONS + " }"
                                + dropKnown(LimitKind.DNS_TCP))
                + "}\n";
    }

    /** What is idle for a minute has a full bucket again, and so need not be remembered. */
    private static String buckets(String name) {
        return "set " + name + " { type ether_addr; size 65536; flags dynamic,timeout; timeout 1m; }\n";
    }

    private static String records(LimitKind kind) {
        return "set " + DROPPED + kind.label()
                + " { type ether_addr; size 65536; flags dynamic,timeout; timeout 1h; }\n"
                + "counter " + UNKNOWN + kind.label() + " { }\n";
    }

    /** Known senders to a chain of their own; the rules are for the others, also for those without Ethernet header. */
    private static String split(String name, String... rulesForUnknown) {
        return chain(
                "from_" + name,
                Stream.concat(
                                Stream.of(
                                        "ether saddr @" + KNOWN + " jump known_" + name,
                                        "ether saddr @" + KNOWN + " return"),
                                Stream.of(rulesForUnknown))
                        .toArray(String[]::new));
    }

    private static String over(LimitKind kind, String limit) {
        return "limit rate over " + limit + dropUnknown(kind);
    }

    private static String over(String buckets, LimitKind kind, String limit) {
        return "update @" + buckets + " { ether saddr limit rate over " + limit + " }" + dropKnown(kind);
    }

    private static String dropUnknown(LimitKind kind) {
        return " counter name " + UNKNOWN + kind.label() + " drop";
    }

    private static String dropKnown(LimitKind kind) {
        return " update @" + DROPPED + kind.label() + " { ether saddr counter } drop";
    }

    private static String chain(String name, String... lines) {
        return "chain " + name + " {\n" + String.join("\n", lines) + "\n}\n";
    }
}
