package cloud.obiente.vpsgateway.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A directory in memory (tmpfs(5)) that outlives this process, so that a killed gateway finds what it left. Stateless. */
final class MemoryDirectory {
    private MemoryDirectory() {}

    /**
     * The first of what systemd has made for us (RuntimeDirectory=, systemd.exec(5)), /run and /dev/shm that we can use.
     *
     * @return empty when there is none, or the state directory is in memory anyway
     */
    static Optional<Path> find(Path stateDirectory, Map<String, String> environment) {
        if (isInMemory(stateDirectory)) {
            return Optional.empty();
        }
        Stream<String> ours = Stream.of(
                        environment.getOrDefault("RUNTIME_DIRECTORY", "").split(":", -1))
                .filter(path -> !path.isEmpty());
        return Stream.concat(ours, List.of("/run", "/dev/shm").stream())
                .map(Path::of)
                .filter(Files::isDirectory)
                .filter(Files::isWritable)
                .filter(MemoryDirectory::isInMemory)
                .findFirst();
    }

    private static boolean isInMemory(Path directory) {
        try {
            return Files.getFileStore(directory).type().equals("tmpfs");
        } catch (IOException unknown) {
            return false;
        }
    }
}
