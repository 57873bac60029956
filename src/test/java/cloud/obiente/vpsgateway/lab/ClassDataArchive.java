package cloud.obiente.vpsgateway.lab;

import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The classes of the packaged gateway as its JVM has them in memory, in a file that later JVMs map instead of reading,
 * checking and linking the classes again: a third of the computing that a start takes, and there are hundreds of starts.
 * One file for each build and JDK below {@code target}, made by the first test that starts a gateway, of whichever JVM, by
 * starting and stopping one in a network of its own. A JDK that records none starts them as ever.
 */
final class ClassDataArchive {
    private static final Path DIRECTORY = Sandbox.PROJECT.resolve("target/class-data");
    private static final Duration EXIT_TIMEOUT = Duration.ofMinutes(2);

    /** The gateway's address on an interface that every network namespace has. */
    private static final String NETWORK = "ip link set lo up && ip address add 10.15.3.1/24 dev lo && exec \"$@\"";

    private ClassDataArchive() {}

    private static final class Made {
        static final Optional<Path> ARCHIVE = make();
    }

    /** What a JVM of the same JDK that runs the packaged gateway is started with. */
    static List<String> options() {
        // Silent where it does not fit: what the gateway prints is read by tests.
        return Made.ARCHIVE
                .map(archive -> List.of(
                        "-XX:SharedArchiveFile=" + archive, "-Xshare:auto", "-Xlog:cds=off", "-Xlog:cds+dynamic=off"))
                .orElse(List.of());
    }

    private static Optional<Path> make() {
        try {
            Files.createDirectories(DIRECTORY);
            Path archive = DIRECTORY.resolve("gateway-" + key() + ".jsa");
            try (FileChannel lock =
                    FileChannel.open(DIRECTORY.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                // Given back when the channel is closed, and when this JVM dies.
                Objects.requireNonNull(lock.lock());
                if (!Files.exists(archive)) {
                    removeOthers();
                    Path unfinished = DIRECTORY.resolve("unfinished.jsa");
                    String output = record(unfinished);
                    if (!Files.exists(unfinished)) {
                        System.out.println(
                                "this JDK has recorded no class data; its gateways start without:\n" + output);
                        return Optional.empty();
                    }
                    Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return Optional.of(archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Those of earlier builds: each is tens of megabytes. */
    private static void removeOthers() throws IOException {
        try (Stream<Path> files = Files.list(DIRECTORY)) {
            for (Path other :
                    files.filter(file -> file.toString().endsWith(".jsa")).toList()) {
                Files.delete(other);
            }
        }
    }

    /** The JVM compares the times of the jars, too, and maps nothing where one differs. */
    private static String key() throws IOException {
        int hash = Objects.hash(System.getProperty("java.home"), System.getProperty("java.vm.version"));
        try (Stream<Path> jars = Files.walk(GatewayProcess.JAR.getParent())) {
            for (Path jar : jars.filter(Files::isRegularFile).sorted().toList()) {
                hash = 31 * hash + Objects.hash(jar.toString(), Files.size(jar), Files.getLastModifiedTime(jar));
            }
        }
        return Integer.toHexString(hash);
    }

    /** @return what the gateway has printed */
    private static String record(Path archive) throws IOException {
        Path files = Sandbox.directory("class-data");
        Map<String, String> settings = GatewayProcess.settings(files.resolve("state"));
        settings.put("GATEWAY_DHCP_INTERFACE", "lo");
        Path output = files.resolve("gateway.log");
        List<String> command = new ArrayList<>(List.of("unshare", "--net", "sh", "-c", NETWORK, "sh"));
        command.addAll(List.of(GatewayProcess.JAVA, "-Xmx96m", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Djava.io.tmpdir=" + files));
        command.addAll(List.of("-jar", GatewayProcess.JAR.toString()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().keySet().removeIf(name -> name.startsWith("GATEWAY_"));
        builder.environment().putAll(settings);
        Process gateway = builder.start();
        try {
            await("gateway ready, for its class data: " + output)
                    .atMost(GatewayProcess.STARTING)
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> isReady(gateway));
            gateway.destroy();
            if (!gateway.waitFor(EXIT_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the gateway still runs:\n" + Files.readString(output));
            }
            return Files.readString(output);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            gateway.destroyForcibly();
        }
    }

    private static boolean isReady(Process gateway) {
        if (!gateway.isAlive()) {
            throw new AssertionError("the gateway ended, exit code " + gateway.exitValue());
        }
        String network = "--net=/proc/" + gateway.pid() + "/ns/net";
        String ready = "http://127.0.0.1:" + GatewayProcess.METRICS_PORT + "/health/ready";
        return Command.attempt(List.of("nsenter", network, "curl", "--fail", "--silent", "--max-time", "5", ready))
                        .exitCode()
                == 0;
    }
}
