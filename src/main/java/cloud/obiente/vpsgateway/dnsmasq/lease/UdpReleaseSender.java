package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/**
 * Sends DHCPRELEASE from an ordinary UDP socket on the server's own host, any port, any user. Stateless, safe on any thread.
 *
 * <p>dnsmasq hears it although its socket is bound to the served interface: the kernel counts a packet to one of its own
 * addresses as having come in on the interface that holds the address. Therefore it must not go to a loopback address.
 */
public final class UdpReleaseSender implements ReleaseSender {
    private static final int SERVER_PORT = 67;

    private final Supplier<List<Ipv4Address>> servers;
    private final IntSupplier transactionIds;

    /**
     * @param servers the addresses by which the server may know itself: those of the interface it serves. Every one gets
     *     its own message, because the server ignores those that name another, and does not say so.
     */
    public UdpReleaseSender(Supplier<List<Ipv4Address>> servers, IntSupplier transactionIds) {
        this.servers = servers;
        this.transactionIds = transactionIds;
    }

    /** @throws IOException when no message could be sent, or there is no address to send to */
    @Override
    public void release(Lease lease) throws IOException {
        IOException failure = new IOException("no DHCPRELEASE for " + lease.address() + " could be sent");
        boolean sent = false;
        try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            for (Ipv4Address server : servers.get()) {
                try {
                    send(channel, new DhcpRelease(lease, server));
                    sent = true;
                } catch (IOException unreachable) {
                    failure.addSuppressed(unreachable);
                }
            }
        }
        if (!sent) {
            throw failure;
        }
    }

    private void send(DatagramChannel channel, DhcpRelease release) throws IOException {
        InetAddress server = InetAddress.getByAddress(release.server().octets());
        channel.send(
                ByteBuffer.wrap(release.encode(transactionIds.getAsInt())), new InetSocketAddress(server, SERVER_PORT));
    }
}
