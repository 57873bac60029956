package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;

/**
 * Looks for DHCP servers as a client would, with ordinary sockets: a DHCPDISCOVER is broadcast, and offers, which the message
 * wants to be broadcast too, come to port 68. Blocks for as long as it listens; for one thread at a time.
 *
 * <p>Port 68 is taken without SO_REUSEADDR, so that nothing is taken from a DHCP client of this host: where one listens
 * there, the search is refused. A limited broadcast leaves by the interface that has the socket's own address (Linux,
 * {@code ip_route_output_key_hash_rcu}), so the socket needs no SO_BINDTODEVICE.
 */
final class DhcpServerSearch {
    private static final int SERVER_PORT = 67;
    private static final int CLIENT_PORT = 68;
    private static final byte[] BROADCAST = {-1, -1, -1, -1};
    private static final int MAX_LENGTH = 1_500;
    /** A flood of port 68 must not prolong the search forever, nor fill the memory. */
    private static final int MAX_OFFERS = 64;

    private final SegmentInterface segment;
    private final MacAddress mac;
    private final Duration listening;
    private final Random random;

    /** Offers that came, our own server's among them; or why nobody could be asked. */
    record SearchResult(List<DhcpOffer> offers, Optional<String> notChecked) {}

    /** @param listening how long offers are waited for; dnsmasq and others probe an address for up to 3 s before */
    DhcpServerSearch(SegmentInterface segment, MacAddress mac, Duration listening, Random random) {
        this.segment = segment;
        this.mac = mac;
        this.listening = listening;
        this.random = random;
    }

    SearchResult search() {
        Optional<String> fault = segment.fault();
        List<Ipv4Address> own = segment.ownAddresses().get();
        if (fault.isPresent() || own.isEmpty()) {
            return notChecked(fault.orElse("interface " + segment.name() + " has just lost its address"));
        }
        try (DatagramChannel answers = DatagramChannel.open(StandardProtocolFamily.INET)) {
            bind(answers);
            return new SearchResult(offers(answers, own.get(0)), Optional.empty());
        } catch (IOException e) {
            return notChecked(e.getMessage());
        }
    }

    private static void bind(DatagramChannel answers) throws IOException {
        try {
            answers.bind(new InetSocketAddress(CLIENT_PORT));
        } catch (BindException taken) {
            throw new IOException("port 68 is taken, by a DHCP client of this host most likely", taken);
        } catch (SocketException forbidden) {
            throw new IOException(
                    String.format(
                            Locale.ROOT,
                            "port 68 cannot be opened (%s); grant CAP_NET_BIND_SERVICE",
                            forbidden.getMessage()),
                    forbidden);
        }
    }

    private List<DhcpOffer> offers(DatagramChannel answers, Ipv4Address own) throws IOException {
        int transaction = random.nextInt();
        try (DatagramChannel question = DatagramChannel.open(StandardProtocolFamily.INET);
                Selector selector = Selector.open()) {
            question.setOption(StandardSocketOptions.SO_BROADCAST, true);
            question.bind(new InetSocketAddress(InetAddress.getByAddress(own.octets()), 0));
            answers.configureBlocking(false);
            answers.register(selector, SelectionKey.OP_READ);
            question.send(
                    DhcpOffer.discover(mac, transaction),
                    new InetSocketAddress(InetAddress.getByAddress(BROADCAST), SERVER_PORT));
            return received(answers, selector, transaction);
        }
    }

    private List<DhcpOffer> received(DatagramChannel answers, Selector selector, int transaction) throws IOException {
        List<DhcpOffer> offers = new ArrayList<>();
        long end = System.nanoTime() + listening.toNanos();
        for (long left = listening.toMillis(); left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            selector.select(left);
            selector.selectedKeys().clear();
            if (Thread.currentThread().isInterrupted() || offers.size() >= MAX_OFFERS) {
                return offers;
            }
            ByteBuffer message = ByteBuffer.allocate(MAX_LENGTH);
            if (answers.receive(message) instanceof InetSocketAddress sender) {
                Ipv4Address from = new Ipv4Address(
                        ByteBuffer.wrap(sender.getAddress().getAddress()).getInt());
                DhcpOffer.parse(message.flip(), mac, transaction, from).ifPresent(offers::add);
            }
        }
        return offers;
    }

    private static SearchResult notChecked(String why) {
        return new SearchResult(List.of(), Optional.of(why));
    }
}
