package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.ByteBuffer;

/**
 * A DHCPRELEASE: the message with which a client gives its address back (RFC 2131 sections 3.1 and 4.4.4). There is no
 * answer to it, and a server ignores in silence one that does not carry its own address.
 *
 * @param lease what is given back
 * @param server the address by which the server identifies itself (option 54)
 */
public record DhcpRelease(Lease lease, Ipv4Address server) {
    /** RFC 1542 section 2.1: a BOOTP message has at least 300 octets. */
    private static final int SMALLEST = 300;

    private static final int FIXED_PART = 236;
    private static final int MAX_OPTIONS_LENGTH = 4 + 3 + 6 + 2 + 255 + 1;
    private static final byte BOOTREQUEST = 1;
    private static final byte ETHERNET = 1;
    private static final int CLIENT_ADDRESS = 12;
    private static final int CLIENT_HARDWARE_ADDRESS = 28;
    private static final int MAGIC_COOKIE = 0x63825363;
    private static final byte MESSAGE_TYPE = 53;
    private static final byte DHCPRELEASE = 7;
    private static final byte SERVER_IDENTIFIER = 54;
    private static final byte CLIENT_IDENTIFIER = 61;
    private static final byte END = (byte) 255;

    /** @param transactionId any number; servers ignore it */
    public byte[] encode(int transactionId) {
        ByteBuffer out = ByteBuffer.allocate(FIXED_PART + MAX_OPTIONS_LENGTH);
        byte[] mac = lease.mac().octets();
        out.put(BOOTREQUEST).put(ETHERNET).put((byte) mac.length).put((byte) 0).putInt(transactionId);
        out.position(CLIENT_ADDRESS).put(lease.address().octets());
        out.position(CLIENT_HARDWARE_ADDRESS).put(mac);
        out.position(FIXED_PART).putInt(MAGIC_COOKIE);
        option(out, MESSAGE_TYPE, DHCPRELEASE);
        option(out, SERVER_IDENTIFIER, server.octets());
        lease.clientId().ifPresent(id -> option(out, CLIENT_IDENTIFIER, id.octets()));
        out.put(END);
        byte[] packet = new byte[Math.max(SMALLEST, out.position())];
        out.flip().get(packet, 0, out.limit());
        return packet;
    }

    private static void option(ByteBuffer out, byte code, byte... value) {
        out.put(code).put((byte) value.length).put(value);
    }
}
