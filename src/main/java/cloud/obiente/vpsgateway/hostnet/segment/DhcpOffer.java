package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * A DHCPDISCOVER to send and the DHCPOFFERs that answer it, as far as a search for servers needs them (RFC 2131, RFC 2132).
 *
 * @param server its identifier
 * @param offered the address that it would give
 */
record DhcpOffer(Ipv4Address server, Ipv4Address offered) {
    /** BOOTP's least length, which some servers insist on (RFC 1542, section 2.1). */
    private static final int LENGTH = 300;

    private static final int XID = 4;
    private static final int FLAGS = 10;
    private static final int YIADDR = 16;
    private static final int CHADDR = 28;
    private static final int COOKIE = 236;
    private static final int OPTIONS = 240;
    private static final int MAGIC = 0x63825363;
    private static final short BROADCAST = (short) 0x8000;
    private static final int PAD = 0;
    private static final int END = 255;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER_ID = 54;
    private static final int DISCOVER = 1;
    private static final int OFFER = 2;

    /** Asks for broadcast answers, because nobody has the offered address. */
    static ByteBuffer discover(MacAddress mac, int transaction) {
        ByteBuffer message = ByteBuffer.allocate(LENGTH);
        message.put(new byte[] {1, 1, 6, 0}).putInt(transaction);
        message.putShort(FLAGS, BROADCAST);
        message.position(CHADDR).put(mac.octets());
        message.position(COOKIE).putInt(MAGIC).put(new byte[] {MESSAGE_TYPE, 1, DISCOVER, (byte) END});
        return message.clear();
    }

    /**
     * The offer in a datagram; empty when it is anything else, or answers another question.
     *
     * @param sender stands in for a server that does not identify itself
     */
    static Optional<DhcpOffer> parse(ByteBuffer message, MacAddress mac, int transaction, Ipv4Address sender) {
        try {
            byte[] client = new byte[6];
            message.get(CHADDR, client);
            boolean forUs = message.get(0) == 2
                    && message.getInt(XID) == transaction
                    && java.util.Arrays.equals(client, mac.octets())
                    && message.getInt(COOKIE) == MAGIC;
            return forUs ? options(message, sender) : Optional.empty();
        } catch (BufferUnderflowException | IndexOutOfBoundsException cutShort) {
            return Optional.empty();
        }
    }

    private static Optional<DhcpOffer> options(ByteBuffer message, Ipv4Address sender) {
        boolean isOffer = false;
        Ipv4Address server = sender;
        message.position(OPTIONS);
        for (int code = message.get() & 255; code != END; code = message.get() & 255) {
            if (code == PAD) {
                continue;
            }
            ByteBuffer value = message.slice(message.position() + 1, message.get() & 255);
            message.position(message.position() + value.limit());
            if (code == MESSAGE_TYPE) {
                isOffer = value.get(0) == OFFER;
            } else if (code == SERVER_ID) {
                server = new Ipv4Address(value.getInt(0));
            }
        }
        return isOffer ? Optional.of(new DhcpOffer(server, new Ipv4Address(message.getInt(YIADDR)))) : Optional.empty();
    }
}
