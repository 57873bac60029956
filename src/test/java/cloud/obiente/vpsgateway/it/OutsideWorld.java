package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host on the far side of the gateway host, with two cables between them: {@code out0} ({@link #FIRST}, {@link #SECOND})
 * and {@code out1}. It remembers from which addresses it got datagrams. Owned by one test class, which closes it.
 */
final class OutsideWorld implements AutoCloseable {
    static final Ipv4Address FIRST = Ipv4Address.parse("203.0.113.1");
    static final Ipv4Address SECOND = Ipv4Address.parse("203.0.113.2");
    static final Ipv4Address HOST = Ipv4Address.parse("192.0.2.99");

    private static final String NAMESPACE = "vpsgw-outside";
    private static final Ipv4Address BEHIND_OUT0 = Ipv4Address.parse("203.0.113.9");
    private static final Ipv4Address BEHIND_OUT1 = Ipv4Address.parse("198.51.100.9");
    private static final Pattern ADDRESS = Pattern.compile("\\d+\\.\\d+\\.\\d+\\.\\d+");
    private static final String MEMORY = """
            table ip seen
            delete table ip seen
            table ip seen {
              set sources { type ipv4_addr; flags dynamic; }
              chain input { type filter hook input priority 0; udp dport 9 add @sources { ip saddr }; }
            }
            """;

    /** Cables from this process's own namespace, in which a lab must have been made before. */
    static OutsideWorld create() {
        OutsideWorld outside = new OutsideWorld();
        Command.attempt(List.of("ip", "netns", "del", NAMESPACE));
        run("ip", "netns", "add", NAMESPACE);
        // Answers and questions take different ways here; that is what the tests are about.
        outside.exec("sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0");
        cable("out0", BEHIND_OUT0, FIRST, SECOND);
        cable("out1", BEHIND_OUT1, Ipv4Address.parse("198.51.100.1"));
        outside.exec("ip", "addr", "add", HOST + "/32", "dev", "lo");
        outside.exec("ip", "link", "set", "lo", "up");
        outside.exec("ip", "route", "add", "default", "via", FIRST.toString());
        outside.forget();
        outside.isBehind("out0");
        return outside;
    }

    private static void cable(String device, Ipv4Address there, Ipv4Address... here) {
        run("ip", "link", "add", device, "type", "veth", "peer", "name", device, "netns", NAMESPACE);
        for (Ipv4Address address : here) {
            run("ip", "addr", "add", address + "/24", "dev", device);
        }
        run("ip", "link", "set", device, "up");
        run("ip", "-n", NAMESPACE, "addr", "add", there + "/24", "dev", device);
        run("ip", "-n", NAMESPACE, "link", "set", device, "up");
    }

    /** The gateway host's default route leads there from now on. */
    void isBehind(String device) {
        Ipv4Address router = device.equals("out0") ? BEHIND_OUT0 : BEHIND_OUT1;
        run("ip", "route", "replace", "default", "via", router.toString(), "dev", device);
    }

    /** The addresses that datagrams to port 9 (discard) came from since it last forgot. */
    Set<Ipv4Address> heardFrom() {
        return seenIn(exec("nft", "list", "set", "ip", "seen", "sources"));
    }

    static Set<Ipv4Address> seenIn(String set) {
        return ADDRESS.matcher(set.substring(set.indexOf("elements") < 0 ? set.length() : set.indexOf("elements")))
                .results()
                .map(found -> Ipv4Address.parse(found.group()))
                .collect(Collectors.toSet());
    }

    void forget() {
        exec(remembering());
    }

    /** A command that makes a host remember who sent it datagrams, as {@code nft list set ip seen sources} tells. */
    static String[] remembering() {
        return new String[] {"sh", "-c", "printf '%s' '" + MEMORY + "' | nft -f -"};
    }

    private String exec(String... command) {
        List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
        Stream.of(command).forEach(inside::add);
        return Command.run(inside);
    }

    private static void run(String... command) {
        Command.run(List.of(command));
    }

    @Override
    public void close() {
        run("ip", "link", "del", "out0");
        run("ip", "link", "del", "out1");
        run("ip", "netns", "del", NAMESPACE);
    }
}
