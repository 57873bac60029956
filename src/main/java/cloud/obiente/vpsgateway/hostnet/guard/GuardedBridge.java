package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The guarded bridge as it is at the moment of the question. Rules name ports, not the bridge, because not every kernel
 * has the module by which nftables knows a port's bridge (nft_meta_bridge).
 */
final class GuardedBridge {
    private final Optional<InterfaceName> bridge;

    GuardedBridge(Optional<InterfaceName> bridge) {
        this.bridge = bridge;
    }

    /**
     * Whether the configured bridge exists.
     *
     * @throws GuardFailedException when there is none; the message says what to do
     */
    void require() throws GuardFailedException {
        if (bridge.isPresent() && !Files.isDirectory(directoryOf(bridge.get()))) {
            throw new GuardFailedException(String.format(
                            Locale.ROOT,
                            "frames between VPSs are not checked: %s is no bridge of this host (create it, or",
                            bridge.get().text())
                    + " correct GATEWAY_GUARD_BRIDGE)");
        }
    }

    private static Path directoryOf(InterfaceName bridge) {
        return Path.of("/sys/class/net", bridge.text(), "brif");
    }

    /** The interfaces on it; empty where no bridge is guarded, or it is not there. */
    Set<InterfaceName> ports() {
        Set<InterfaceName> ports = new HashSet<>();
        if (bridge.isEmpty()) {
            return ports;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directoryOf(bridge.get()))) {
            entries.forEach(entry -> name(entry.getFileName().toString()).ifPresent(ports::add));
        } catch (NoSuchFileException | NotDirectoryException noBridge) {
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ports;
    }

    /** The addresses that this host has on it; empty where no bridge is guarded, or it is not there. */
    Set<Ipv4Address> addresses() {
        try {
            NetworkInterface found = bridge.isEmpty()
                    ? null
                    : NetworkInterface.getByName(bridge.get().text());
            return found == null
                    ? Set.of()
                    : found.inetAddresses()
                            .filter(Inet4Address.class::isInstance)
                            .map(address -> Ipv4Address.parse(address.getHostAddress()))
                            .collect(Collectors.toSet());
        } catch (SocketException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Optional<InterfaceName> name(String text) {
        try {
            return Optional.of(new InterfaceName(text));
        } catch (InvalidValueException foreign) {
            return Optional.empty();
        }
    }
}
