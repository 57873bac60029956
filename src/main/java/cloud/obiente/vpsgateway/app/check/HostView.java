package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The host that is looked at.
 *
 * @param proc where proc is mounted
 * @param tools its programs
 */
record HostView(Path proc, HostTools tools) {

    /** The first line of a file of proc; empty where there is none. */
    Optional<String> read(String file) {
        try {
            return Files.readString(proc.resolve(file), StandardCharsets.ISO_8859_1)
                    .lines()
                    .findFirst()
                    .map(String::strip);
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** What a line of {@code /proc/self/status} says. */
    Optional<String> ofThisProcess(String name) {
        try {
            return Files.readString(proc.resolve("self/status"), StandardCharsets.ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    /** The first line that a program prints about its version; empty where it is not installed, or does not run. */
    Optional<String> version(String... command) {
        try {
            ToolResult result = tools.run(command);
            return result.succeeded() ? result.output().lines().findFirst() : Optional.empty();
        } catch (IOException hangs) {
            return Optional.empty();
        }
    }
}
