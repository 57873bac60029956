package cloud.obiente.vpsgateway.ssh.bastion;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Where a connection comes from, as far as limits and bans are concerned: an IPv4 address, or the /64 of an IPv6 address,
 * because a host with one address of it has them all (RFC 6177).
 *
 * @param text for logs
 */
record ClientSource(String text) {
    private static final int HALF = 8;

    static ClientSource of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return new ClientSource(address.getHostAddress());
        }
        ByteBuffer words = ByteBuffer.wrap(Arrays.copyOf(address.getAddress(), HALF));
        StringBuilder text = new StringBuilder();
        while (words.hasRemaining()) {
            text.append(Integer.toHexString(Short.toUnsignedInt(words.getShort())))
                    .append(':');
        }
        return new ClientSource(text.append(":/64").toString());
    }

    @Override
    public String toString() {
        return text;
    }
}
