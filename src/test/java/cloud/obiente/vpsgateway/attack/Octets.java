package cloud.obiente.vpsgateway.attack;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.ByteArrayOutputStream;

/** Octets in the order of the wire, written one after the other. */
final class Octets {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    Octets u8(int value) {
        written.write(value);
        return this;
    }

    Octets u16(int value) {
        return u8(value >>> 8).u8(value);
    }

    Octets u32(int value) {
        return u16(value >>> 16).u16(value);
    }

    Octets add(byte[] octets) {
        written.writeBytes(octets);
        return this;
    }

    Octets add(Ipv4Address address) {
        return add(address.octets());
    }

    Octets add(MacAddress mac) {
        return add(mac.octets());
    }

    Octets zeros(int count) {
        return add(new byte[count]);
    }

    byte[] toArray() {
        return written.toByteArray();
    }

    /** The internet checksum (RFC 1071) of these octets, in which the checksum's own place must be zero. */
    static int checksum(byte[] octets) {
        int sum = 0;
        for (int i = 0; i < octets.length; i++) {
            sum += (octets[i] & 255) << (i % 2 == 0 ? 8 : 0);
        }
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return ~sum & 0xffff;
    }

    /** A copy with the checksum of the whole written at this offset. */
    static byte[] withChecksum(byte[] octets, int offset) {
        byte[] sealed = octets.clone();
        int checksum = checksum(octets);
        sealed[offset] = (byte) (checksum >>> 8);
        sealed[offset + 1] = (byte) checksum;
        return sealed;
    }
}
