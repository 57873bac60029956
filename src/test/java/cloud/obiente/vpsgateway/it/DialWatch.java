package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Lab;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Counts the packets with which this host turns to others, by a table of nft of its own: each first packet of a TCP
 * connection, and whatever is not TCP. Questions to our own dnsmasq have a counter of their own; the connections of the
 * tests to the gateway are left out. Owned by one test.
 */
final class DialWatch implements AutoCloseable {
    private static final String TABLE = "dial_watch";

    /** @param ownPorts on 127.0.0.1, to which the test itself connects; never the one that the gateway would dial */
    static DialWatch start(int... ownPorts) {
        String own = Arrays.stream(ownPorts).mapToObj(String::valueOf).collect(Collectors.joining(", "));
        String dnsmasq = "oifname lo ip saddr " + Lab.GATEWAY + " ip daddr " + Lab.GATEWAY;
        // A late answer of dnsmasq's is answered by the kernel, which also looks for IPv6 neighbours when it likes to.
        nft("""
                add table inet %1$s
                delete table inet %1$s
                table inet %1$s {
                  counter dials { }
                  counter questions { }
                  set destinations { type ipv4_addr; flags dynamic; size 1024; }
                  chain output {
                    type filter hook output priority 0; policy accept;
                    tcp flags & (syn | ack) != syn accept
                    oifname lo ip daddr 127.0.0.1 tcp dport { %2$s } accept
                    %3$s udp dport 53 counter name questions accept
                    %3$s udp sport 53 accept
                    %3$s icmp type destination-unreachable accept
                    icmpv6 type { nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert } accept
                    icmpv6 type { mld-listener-report, mld2-listener-report } accept
                    counter name dials
                    add @destinations { ip daddr }
                  }
                }
                """.formatted(TABLE, own, dnsmasq));
        return new DialWatch();
    }

    /** Packets to anybody but our own dnsmasq. */
    long dials() {
        return packets("dials");
    }

    /** Packets to our own dnsmasq. */
    long questions() {
        return packets("questions");
    }

    private long packets(String counter) {
        String table = toString();
        Matcher packets =
                Pattern.compile("counter " + counter + " \\{\\s+packets (\\d+)").matcher(table);
        if (!packets.find()) {
            throw new AssertionError("no counter " + counter + " in " + table);
        }
        return Long.parseLong(packets.group(1));
    }

    /** The counters, and who was turned to. */
    @Override
    public String toString() {
        return Command.run(List.of("nft", "list", "table", "inet", TABLE));
    }

    @Override
    public void close() {
        nft("delete table inet " + TABLE);
    }

    private static void nft(String commands) {
        Command.run(List.of("nft", commands));
    }
}
