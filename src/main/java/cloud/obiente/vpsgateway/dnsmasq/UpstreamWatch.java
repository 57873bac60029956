package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Whether the upstream resolvers answer, and whether they are resolvers at all: what is wrong with them shows to VPSs only,
 * as names that cannot be resolved. Asks each at every {@link #check}; owns what is known of them, which any thread may read.
 */
public final class UpstreamWatch {
    private static final Logger LOG = Logger.getLogger(UpstreamWatch.class);
    private static final int DNS_PORT = 53;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** As {@link DnsHealthProbe} has it, and why: Vert.x' own timeout can fail a question that was just answered. */
    private static final Duration VERTX_TIMEOUT = Duration.ofDays(1);
    /** Packets get lost. */
    private static final int MISSES_TOLERATED = 1;
    /** Known everywhere, and of no interest to anybody. */
    private static final String QUESTION = "a.root-servers.net";

    static final String LOOP =
            "is this gateway itself: dnsmasq leaves it out, and with no other one left every outside name is"
                    + " refused (name the resolver that your network or provider has in GATEWAY_DHCP_DNS)";
    static final String SILENT =
            "does not answer: outside names are slow, or fail if no other one answers (is it running,"
                    + " and is port 53 towards it open?)";

    private final List<Ipv4Address> upstream;
    private final Vertx vertx;
    private final Function<Ipv4Address, Boolean> isOurs;
    private final Map<Ipv4Address, Integer> misses = new ConcurrentHashMap<>();
    private final Map<Ipv4Address, String> problems = new ConcurrentHashMap<>();

    /** @param upstream in the order of the configuration */
    public UpstreamWatch(List<Ipv4Address> upstream, Vertx vertx, InterfaceWatch interfaceWatch) {
        this.upstream = List.copyOf(upstream);
        this.vertx = vertx;
        this.isOurs = address -> interfaceWatch.candidates().contains(address)
                || address.toString().equals(LoopbackDns.ADDRESS);
    }

    /** What is wrong with each; empty for those that answer, or were not asked yet. In the order of the configuration. */
    public Map<Ipv4Address, Optional<String>> status() {
        Map<Ipv4Address, Optional<String>> status = new LinkedHashMap<>();
        upstream.forEach(resolver -> status.put(resolver, Optional.ofNullable(problems.get(resolver))));
        return status;
    }

    /** Asks all of them; returns at once. */
    public void check() {
        upstream.forEach(resolver -> {
            if (isOurs.apply(resolver)) {
                note(resolver, Optional.of(LOOP));
            } else {
                ask(resolver);
            }
        });
    }

    private void ask(Ipv4Address resolver) {
        DnsClient client = vertx.createDnsClient(new DnsClientOptions()
                .setHost(resolver.toString())
                .setPort(DNS_PORT)
                .setQueryTimeout(VERTX_TIMEOUT.toMillis()));
        long timer = vertx.setTimer(TIMEOUT.toMillis(), late -> client.close());
        client.lookup4(QUESTION).onComplete(result -> {
            vertx.cancelTimer(timer);
            // Each client has a socket of its own.
            client.close();
            boolean answered = result.succeeded() || result.cause() instanceof DnsException;
            int missed = answered ? 0 : misses.merge(resolver, 1, Integer::sum);
            if (answered) {
                misses.remove(resolver);
                note(resolver, Optional.empty());
            } else if (missed > MISSES_TOLERATED) {
                note(
                        resolver,
                        Optional.of(isOnThisHost(resolver) ? SILENT + "; the address is this host's own" : SILENT));
            }
        });
    }

    private static boolean isOnThisHost(Ipv4Address address) {
        try {
            return NetworkInterface.getByInetAddress(InetAddress.getByAddress(address.octets())) != null;
        } catch (java.net.UnknownHostException | SocketException unknown) {
            return false;
        }
    }

    private void note(Ipv4Address resolver, Optional<String> problem) {
        String before = problem.isPresent() ? problems.put(resolver, problem.get()) : problems.remove(resolver);
        if (!Optional.ofNullable(before).equals(problem)) {
            problem.ifPresentOrElse(
                    text -> LOG.warnf("upstream resolver %s %s", resolver, text),
                    () -> LOG.infof("upstream resolver %s answers again", resolver));
        }
    }
}
