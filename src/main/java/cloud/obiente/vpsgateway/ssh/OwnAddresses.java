package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Every IPv4 address of this host, as of the last {@link #refresh()}. Listing them takes milliseconds on a host with many
 * interfaces, so it is not done where a connection is made. Any thread reads; one at a time refreshes.
 */
public final class OwnAddresses implements Supplier<Set<Ipv4Address>> {
    private static final Logger LOG = Logger.getLogger(OwnAddresses.class);

    private volatile Set<Ipv4Address> latest = Set.of();

    /** Knows the addresses of now. */
    public OwnAddresses() {
        refresh();
    }

    /** Lists them again; keeps the last list when the host does not tell. */
    public void refresh() {
        try {
            latest = NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(Inet4Address.class::isInstance)
                    .map(address -> new Ipv4Address(
                            ByteBuffer.wrap(address.getAddress()).getInt()))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (SocketException fault) {
            LOG.warn("the addresses of this host cannot be listed: " + fault.getMessage());
        }
    }

    /** Whether it is an address of this host, of its loopback device for instance. */
    public boolean isOwn(InetAddress address) {
        return address.isLoopbackAddress()
                || (address instanceof Inet4Address
                        && latest.contains(new Ipv4Address(
                                ByteBuffer.wrap(address.getAddress()).getInt())));
    }

    @Override
    public Set<Ipv4Address> get() {
        return latest;
    }
}
