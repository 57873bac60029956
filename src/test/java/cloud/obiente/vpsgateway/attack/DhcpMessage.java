package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/** A DHCP message (RFC 2131, RFC 2132) with a mark in the field "file", which none of these needs. */
final class DhcpMessage {
    static final int DISCOVER = 1;
    static final int OFFER = 2;
    static final int REQUEST = 3;
    static final int DECLINE = 4;
    static final int RELEASE = 7;

    static final int CLIENT_PORT = 68;
    static final int SERVER_PORT = 67;

    private static final int REQUESTED_ADDRESS = 50;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER = 54;
    private static final int ROUTER = 3;
    private static final Ipv4Address NONE = new Ipv4Address(0);
    private static final int FILE_LENGTH = 128;

    private final int op;
    private final Ipv4Address client;
    private final Ipv4Address offered;
    private final MacAddress chaddr;
    private final byte[] options;

    /**
     * @param op 1 from a client, 2 from a server
     * @param client ciaddr: the address that the client has
     * @param offered yiaddr: the address that a server gives
     * @param options without the end
     */
    DhcpMessage(int op, Ipv4Address client, Ipv4Address offered, MacAddress chaddr, byte[] options) {
        this.op = op;
        this.client = client;
        this.offered = offered;
        this.chaddr = chaddr;
        this.options = options;
    }

    static DhcpMessage release(MacAddress chaddr, Ipv4Address address, Ipv4Address server) {
        return new DhcpMessage(
                1,
                address,
                NONE,
                chaddr,
                new Octets().add(type(RELEASE)).add(option(SERVER, server)).toArray());
    }

    static DhcpMessage decline(MacAddress chaddr, Ipv4Address address, Ipv4Address server) {
        return about(DECLINE, chaddr, address, server);
    }

    static DhcpMessage discover(MacAddress chaddr) {
        return new DhcpMessage(1, NONE, NONE, chaddr, type(DISCOVER));
    }

    static DhcpMessage request(MacAddress chaddr, Ipv4Address address, Ipv4Address server) {
        return about(REQUEST, chaddr, address, server);
    }

    /** A client's word to a server about an address that it does not have yet. */
    private static DhcpMessage about(int type, MacAddress chaddr, Ipv4Address address, Ipv4Address server) {
        byte[] options = new Octets()
                .add(type(type))
                .add(option(SERVER, server))
                .add(option(REQUESTED_ADDRESS, address))
                .toArray();
        return new DhcpMessage(1, NONE, NONE, chaddr, options);
    }

    /** An offer with the server as the router, so that all traffic would pass it. */
    static DhcpMessage offer(MacAddress chaddr, Ipv4Address address, Ipv4Address server) {
        byte[] options = new Octets()
                .add(type(OFFER))
                .add(option(SERVER, server))
                .add(option(ROUTER, server))
                .toArray();
        return new DhcpMessage(2, NONE, address, chaddr, options);
    }

    private static byte[] type(int type) {
        return new Octets().u8(MESSAGE_TYPE).u8(1).u8(type).toArray();
    }

    private static byte[] option(int code, Ipv4Address value) {
        return new Octets().u8(code).u8(4).add(value).toArray();
    }

    byte[] octets(byte[] mark) {
        return new Octets()
                .u8(op)
                .u8(1)
                .u8(6)
                .u8(0)
                .u32(0x7a110001)
                .u32(0)
                .add(client)
                .add(offered)
                .zeros(8)
                .add(chaddr)
                .zeros(10 + 64)
                .add(mark)
                .zeros(FILE_LENGTH - mark.length)
                .u32(0x63825363)
                .add(options)
                .u8(255)
                .toArray();
    }
}
