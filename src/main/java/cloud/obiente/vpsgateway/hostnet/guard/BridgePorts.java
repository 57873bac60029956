package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The interfaces that are on the guarded bridge at the moment of the question. Rules name ports, not the bridge, because
 * not every kernel has the module by which nftables knows a port's bridge (nft_meta_bridge).
 */
final class BridgePorts {
    private final Optional<Path> directory;

    BridgePorts(Optional<InterfaceName> bridge) {
        this.directory = bridge.map(name -> Path.of("/sys/class/net", name.text(), "brif"));
    }

    /** Empty where no bridge is guarded, or it is not there. */
    Set<InterfaceName> present() {
        Set<InterfaceName> ports = new HashSet<>();
        if (directory.isEmpty()) {
            return ports;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.get())) {
            entries.forEach(entry -> name(entry.getFileName().toString()).ifPresent(ports::add));
        } catch (NoSuchFileException | NotDirectoryException noBridge) {
            return ports;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return ports;
    }

    private static Optional<InterfaceName> name(String text) {
        try {
            return Optional.of(new InterfaceName(text));
        } catch (InvalidValueException strange) {
            return Optional.empty();
        }
    }
}
