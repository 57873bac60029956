package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.net.InterfaceName;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** The ports of a bridge of this host, as sysfs(5) has them. Stateless. */
final class VpsPorts {
    private VpsPorts() {}

    /** None where the interface is no bridge, or not there. */
    static Set<String> of(InterfaceName bridge) {
        Set<String> ports = new HashSet<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(Path.of("/sys/class/net", bridge.text(), "brif"))) {
            entries.forEach(entry -> ports.add(entry.getFileName().toString()));
        } catch (IOException | DirectoryIteratorException noBridge) {
            return Set.of();
        }
        return ports;
    }
}
