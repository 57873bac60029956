package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;

/** An ARP message for Ethernet and IPv4 (RFC 826). */
final class ArpMessage {
    static final int ETHERNET = 1;
    static final int IEEE_802 = 6;

    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private final int hardware;
    private final int operation;
    private final MacAddress senderMac;
    private final Ipv4Address sender;
    private final byte[] targetMac;
    private final Ipv4Address target;

    /**
     * @param hardware the hardware type: 1, or 6, which Linux takes for the same
     * @param target the address that is asked for, or that a reply is for
     */
    ArpMessage(
            int hardware,
            int operation,
            MacAddress senderMac,
            Ipv4Address sender,
            byte[] targetMac,
            Ipv4Address target) {
        this.hardware = hardware;
        this.operation = operation;
        this.senderMac = senderMac;
        this.sender = sender;
        this.targetMac = targetMac;
        this.target = target;
    }

    static ArpMessage request(MacAddress senderMac, Ipv4Address sender, Ipv4Address target) {
        return new ArpMessage(ETHERNET, REQUEST, senderMac, sender, new byte[6], target);
    }

    static ArpMessage reply(MacAddress senderMac, Ipv4Address sender, byte[] targetMac, Ipv4Address target) {
        return new ArpMessage(ETHERNET, REPLY, senderMac, sender, targetMac, target);
    }

    ArpMessage withHardware(int other) {
        return new ArpMessage(other, operation, senderMac, sender, targetMac, target);
    }

    /** The mark is in the padding that brings the frame to its least length. */
    Frame in(MacAddress source, byte[] destination, byte[] mark) {
        byte[] message = new Octets()
                .u16(hardware)
                .u16(Frame.IPV4)
                .u8(6)
                .u8(4)
                .u16(operation)
                .add(senderMac)
                .add(sender)
                .add(targetMac)
                .add(target)
                .add(mark)
                .zeros(18 - mark.length)
                .toArray();
        return Frame.carrying(Frame.ARP, message, source, destination);
    }
}
