package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Where VPSs are ports of a bridge of this host: what MAC addresses that we do not know may send to DHCP, by port. A port
 * cannot be invented, so a VPS that invents MAC addresses takes nothing from one that boots with a MAC that nobody has told
 * us of yet. The ports are a set of ours, because not every kernel can ask for the bridge ({@code meta ibrname}).
 */
final class PortRules {
    static final String TABLE = "bridge vps_gateway_limits";
    static final String PORTS = "ports";

    private PortRules() {}

    /** The whole table in place of whatever is there. */
    static String load(Collection<MacAddress> known, Collection<String> ports) {
        String counter = LimitRules.UNKNOWN + LimitKind.DHCP.label();
        return String.format(Locale.ROOT, """
                add table %1$s
                delete table %1$s
                table %1$s {
                set %2$s { type ether_addr; }
                set %3$s { type ifname; }
                set rate_dhcp { type ifname; size 4096; flags dynamic,timeout; timeout 1m; }
                counter %4$s { }
                chain prerouting {
                type filter hook prerouting priority -449; policy accept;
                iifname != @%3$s return
                ether saddr @%2$s return
                meta protocol ip udp dport 67 update @rate_dhcp { iifname limit rate over 20/second burst 60 packets } \
                counter name %4$s drop
                }
                }
                """, TABLE, LimitRules.KNOWN, PORTS, counter)
                + LimitRules.elements("add", TABLE, LimitRules.KNOWN, known)
                + LimitRules.elements("add", TABLE, PORTS, quoted(ports));
    }

    private static Collection<String> quoted(Collection<String> ports) {
        return ports.stream().map(port -> '"' + port + '"').collect(Collectors.toSet());
    }

    static String list() {
        return "list table " + TABLE + "\n";
    }

    static String remove() {
        return "add table " + TABLE + "\ndelete table " + TABLE + "\n";
    }
}
