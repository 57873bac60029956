package cloud.obiente.vpsgateway.hostnet;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Behind which port of the bridge a MAC was last seen, from the kernel's forwarding database. Stateless; any thread; waits
 * for a file of sysfs.
 *
 * <p>The bridge is the interface itself, or, where that is a VLAN of a bridge, the one below it. A MAC that sends through
 * several ports at once has none that could be relied on.
 */
public final class BridgePorts {
    /**
     * More are not read: a VPS that invents MACs fills the database, and the kernel's time to list it grows with its square.
     */
    static final int MAX_ENTRIES = 16_384;

    /** As {@code struct __fdb_entry} of linux/if_bridge.h. */
    private static final int ENTRY_BYTES = 16;

    private static final int MAC_BYTES = 6;
    private static final int PORT_LOW = 6;
    private static final int IS_LOCAL = 7;
    private static final int PORT_HIGH = 12;

    private final Path interfaces;
    private final InterfaceName network;

    /** @param network where the VPSs are, as named in {@code /sys/class/net} */
    public BridgePorts(InterfaceName network) {
        this(Path.of("/sys/class/net"), network);
    }

    BridgePorts(Path interfaces, InterfaceName network) {
        this.interfaces = interfaces;
        this.network = network;
    }

    /**
     * The ports of those MACs that have a known one; empty where the interface is no bridge.
     *
     * @throws UncheckedIOException when there is a database that cannot be read
     */
    public Map<MacAddress, BridgePort> portsOf(Set<MacAddress> macs) {
        try {
            Optional<Path> database = database();
            return database.isPresent() ? portsOf(macs, read(database.get())) : Map.of();
        } catch (NoSuchFileException | NotDirectoryException gone) {
            return Map.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Path> database() throws IOException {
        Path own = interfaces.resolve(network.text());
        if (Files.exists(own.resolve("brforward"))) {
            return Optional.of(own.resolve("brforward"));
        }
        try (DirectoryStream<Path> below = Files.newDirectoryStream(own, "lower_*")) {
            for (Path lower : below) {
                if (Files.exists(lower.resolve("brforward"))) {
                    return Optional.of(lower.resolve("brforward"));
                }
            }
        }
        return Optional.empty();
    }

    private static ByteBuffer read(Path database) throws IOException {
        try (InputStream in = Files.newInputStream(database)) {
            return ByteBuffer.wrap(in.readNBytes(MAX_ENTRIES * ENTRY_BYTES));
        }
    }

    private static Map<MacAddress, BridgePort> portsOf(Set<MacAddress> macs, ByteBuffer entries) {
        Map<Long, MacAddress> wanted = macs.stream().collect(Collectors.toMap(MacAddress::bits, Function.identity()));
        Map<MacAddress, BridgePort> ports = new HashMap<>();
        Set<MacAddress> ambiguous = new HashSet<>();
        for (int at = 0; at + ENTRY_BYTES <= entries.limit(); at += ENTRY_BYTES) {
            MacAddress mac = wanted.get(macBits(entries, at));
            if (mac == null || entries.get(at + IS_LOCAL) != 0) {
                continue;
            }
            BridgePort port = port(entries, at);
            BridgePort other = ports.putIfAbsent(mac, port);
            if (other != null && !other.equals(port)) {
                ambiguous.add(mac);
            }
        }
        ports.keySet().removeAll(ambiguous);
        return ports;
    }

    private static long macBits(ByteBuffer entries, int at) {
        long bits = 0;
        for (int octet = 0; octet < MAC_BYTES; octet++) {
            bits = bits << Byte.SIZE | Byte.toUnsignedLong(entries.get(at + octet));
        }
        return bits;
    }

    private static BridgePort port(ByteBuffer entries, int at) {
        int low = Byte.toUnsignedInt(entries.get(at + PORT_LOW));
        int high = Byte.toUnsignedInt(entries.get(at + PORT_HIGH));
        return new BridgePort(high << Byte.SIZE | low);
    }
}
