package cloud.obiente.vpsgateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Where integration tests run, and where they may leave files: below {@code target/it}, never elsewhere. Test classes run
 * side by side in several JVMs, each of which has a sandbox of its own and a directory of its own there.
 */
public final class Sandbox {
    static final Path PROJECT = Path.of("").toAbsolutePath();
    private static final Path FILES =
            PROJECT.resolve("target/it").resolve(System.getenv().getOrDefault("SANDBOX_NAME", "none"));

    private Sandbox() {}

    /** @throws IllegalStateException outside the sandbox, where the tests would change the machine's own network */
    public static void require() {
        if (!"self".equals(System.getenv("LAB_GATEWAY_NS"))) {
            throw new IllegalStateException("integration tests make networks and need their sandbox; run script/test as"
                    + " root, or ./mvnw verify -DskipITs=false -Dsandbox -Dit.test=...");
        }
    }

    /** An empty directory of that name. What a former run left in it is gone. */
    public static Path directory(String name) {
        Path directory = FILES.resolve(name);
        try {
            delete(directory);
            return Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
