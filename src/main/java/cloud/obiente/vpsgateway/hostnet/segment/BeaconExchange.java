package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Tells the other gateways on the segment of this one, and hears of them: a datagram to the subnet's broadcast address every
 * few seconds. Owns the thread {@code beacons} and its sockets; nobody waits for it.
 *
 * <p>The socket that listens is bound to the broadcast address itself, which Linux allows (ip(7)): what is sent to an address
 * of this host, from wherever, never reaches it. The JDK does not allow it for 255.255.255.255 (NET_Bind, net_util_md.c).
 */
final class BeaconExchange implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(BeaconExchange.class);

    /** The number of the API's port, for UDP. All gateways of a segment must agree on it. */
    static final int PORT = 1_537;

    static final Duration INTERVAL = Duration.ofSeconds(5);

    /** Beyond, the kernel drops what does not fit into the socket's buffer: a flood costs no more than this. */
    private static final int MAX_PER_SECOND = 1_000;

    private static final long SECOND = 1_000_000_000L;
    /** Longer ones have no broadcast address (RFC 3021). */
    private static final int MAX_PREFIX_LENGTH = 30;

    private final SegmentInterface segment;
    private final Subnet subnet;
    private final GatewayBeacon own;
    private final OtherGateways others;
    private final Thread thread = new Thread(this::run, "beacons");
    private volatile Optional<String> notHeard = Optional.of("nobody has been listened for yet");
    private volatile Optional<String> notTold = Optional.empty();

    /** @param subnet what comes from elsewhere is no gateway of the segment */
    BeaconExchange(SegmentInterface segment, Subnet subnet, GatewayBeacon own, OtherGateways others) {
        this.segment = segment;
        this.subnet = subnet;
        this.own = own;
        this.others = others;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Why other gateways are not heard, or not told; empty when they are. Any thread. */
    Optional<String> notChecked() {
        return notHeard.or(() -> notTold);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        if (subnet.prefix() > MAX_PREFIX_LENGTH) {
            notHeard = Optional.of("a network of " + subnet + " has no broadcast address");
            return;
        }
        while (!Thread.currentThread().isInterrupted()) {
            try {
                listen();
            } catch (IOException refused) {
                String why = String.format(
                        Locale.ROOT,
                        "UDP port %d of %s cannot be listened on: %s",
                        PORT,
                        subnet.broadcast(),
                        refused.getMessage());
                if (!notHeard.equals(Optional.of(why))) {
                    LOG.warnf("other gateways on this segment are not heard: %s", why);
                }
                notHeard = Optional.of(why);
            } catch (RuntimeException e) {
                LOG.error("other gateways could not be heard; trying again", e);
            }
            pause(INTERVAL);
        }
    }

    private void listen() throws IOException {
        // Without the interface's address its broadcast address is none.
        Optional<String> fault = segment.fault();
        if (fault.isPresent()) {
            notHeard = fault;
            return;
        }
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET);
                Selector selector = Selector.open()) {
            // Two gateways of one host may be on different segments with one subnet.
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.configureBlocking(false);
            channel.bind(socketAddress(subnet.broadcast(), PORT));
            channel.register(selector, SelectionKey.OP_READ);
            notHeard = Optional.empty();
            exchange(channel, selector);
        } catch (ClosedByInterruptException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void exchange(DatagramChannel channel, Selector selector) throws IOException {
        ByteBuffer datagram = ByteBuffer.allocate(GatewayBeacon.MAX_LENGTH);
        long nextBeacon = System.nanoTime();
        while (!Thread.currentThread().isInterrupted()) {
            long second = System.nanoTime();
            if (second - nextBeacon >= 0) {
                nextBeacon = second + INTERVAL.toNanos();
                tell();
            }
            int left = MAX_PER_SECOND;
            for (long wait = SECOND; wait > 0 && left > 0; wait = second + SECOND - System.nanoTime()) {
                selector.select(Math.max(1, wait / 1_000_000));
                selector.selectedKeys().clear();
                if (Thread.currentThread().isInterrupted()) {
                    return;
                }
                left = receive(channel, datagram, left);
            }
            pause(Duration.ofNanos(Math.max(0, second + SECOND - System.nanoTime())));
            others.tick();
        }
    }

    /** @return how many more may be received in this second */
    private int receive(DatagramChannel channel, ByteBuffer datagram, int limit) throws IOException {
        for (int left = limit; left > 0; left--) {
            if (!(channel.receive(datagram.clear()) instanceof InetSocketAddress sender)) {
                return left;
            }
            Ipv4Address from = new Ipv4Address(
                    ByteBuffer.wrap(sender.getAddress().getAddress()).getInt());
            if (subnet.hosts().contains(from)) {
                GatewayBeacon.parse(datagram.flip()).ifPresent(beacon -> others.heard(beacon, from));
            }
        }
        return 0;
    }

    private void tell() {
        Optional<String> fault = segment.fault();
        List<Ipv4Address> addresses = segment.ownAddresses().get();
        if (fault.isPresent() || addresses.isEmpty()) {
            notTold = fault.or(() -> Optional.of("interface " + segment.name() + " has just lost its address"));
            return;
        }
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.setOption(StandardSocketOptions.SO_BROADCAST, true);
            channel.bind(socketAddress(addresses.get(0), 0));
            channel.send(own.encode(), socketAddress(subnet.broadcast(), PORT));
            notTold = Optional.empty();
        } catch (IOException e) {
            notTold = Optional.of("no beacon can be sent: " + e.getMessage());
        }
    }

    private static InetSocketAddress socketAddress(Ipv4Address address, int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByAddress(address.octets()), port);
    }

    /** Returns early, and leaves the interrupt for the caller, when the gateway stops. */
    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
