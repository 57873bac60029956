package cloud.obiente.vpsgateway.lab;

import static org.awaitility.Awaitility.await;

import io.restassured.response.Response;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A gateway as it runs in production: the packaged jar, or the native executable named by the system property
 * {@code native.executable}, as a child process in this network namespace. Its owner is the test that started it.
 */
public final class GatewayProcess implements AutoCloseable {
    /** The secret that the gateway is started with. */
    public static final String SECRET = "secret-of-the-integration-tests";

    public static final int GRPC_PORT = 1537;
    public static final int METRICS_PORT = 9091;

    /** How long a start may take, on a machine with other things to do. */
    public static final Duration STARTING = Duration.ofMinutes(3);

    static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    static final Path JAR = Sandbox.PROJECT.resolve("target/quarkus-app/quarkus-run.jar");

    private static final URI MANAGEMENT = URI.create("http://127.0.0.1:" + METRICS_PORT);
    private static final Duration STOPPING = Duration.ofSeconds(90);

    private static final Queue<GatewayProcess> STARTED = new ConcurrentLinkedQueue<>();

    private final Process process;
    private final Path output;

    private GatewayProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    /** What a gateway in the {@link Lab} needs, to be changed at will. State directory: {@code state}. */
    public static Map<String, String> settings(Path state) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("GATEWAY_API_SECRET", SECRET);
        settings.put("GATEWAY_DHCP_POOL_START", "10.15.3.20");
        settings.put("GATEWAY_DHCP_POOL_END", "10.15.3.254");
        settings.put("GATEWAY_DHCP_SUBNET_MASK", "24");
        settings.put("GATEWAY_DHCP_GATEWAY", "10.15.3.1");
        settings.put("GATEWAY_DHCP_INTERFACE", "eth0");
        settings.put("GATEWAY_DHCP_LEASES_DIR", state.toString());
        return settings;
    }

    /**
     * Starts a gateway with these GATEWAY_ variables and no others. Its output goes to {@code gateway.log} beside the
     * state directory, behind that of earlier gateways.
     *
     * @param wrapper a command that starts the command behind it in its own place, such as setpriv with its options
     */
    public static GatewayProcess start(Map<String, String> settings, String... wrapper) {
        Path state = Path.of(settings.get("GATEWAY_DHCP_LEASES_DIR"));
        Path output = state.resolveSibling("gateway.log");
        try {
            // A killed JVM cannot remove what it unpacked; here it lands with the test's own files.
            Path scratch = Files.createDirectories(state.resolveSibling("tmp"));
            ProcessBuilder builder = new ProcessBuilder(program(scratch, wrapper))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
            builder.environment().keySet().removeIf(name -> name.startsWith("GATEWAY_"));
            builder.environment().putAll(settings);
            GatewayProcess gateway = new GatewayProcess(builder.start(), output);
            STARTED.add(gateway);
            return gateway;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The gateway's program as a command that ends: what an operator types.
     *
     * @param args behind the name of the program
     */
    public static List<String> command(String... args) {
        List<String> command = new ArrayList<>();
        command.add(isJar() ? JAVA : System.getProperty("native.executable"));
        if (isJar()) {
            command.add("-XX:TieredStopAtLevel=1");
            command.add("-jar");
            command.add(JAR.toString());
        }
        command.addAll(List.of(args));
        return command;
    }

    /** Whether it is a jar that runs on a JVM, and no native executable. */
    public static boolean isJar() {
        return System.getProperty("native.executable", "").isEmpty();
    }

    private static List<String> program(Path scratch, String... wrapper) {
        List<String> program = new ArrayList<>(List.of(wrapper));
        program.add(isJar() ? JAVA : System.getProperty("native.executable"));
        program.add("-Xmx96m");
        if (isJar() && !Effort.isWhole()) {
            // Half the time of a start, of which there are hundreds, is the second compiler's.
            program.add("-XX:TieredStopAtLevel=1");
            program.addAll(ClassDataArchive.options());
        }
        program.add("-XX:+ExitOnOutOfMemoryError");
        program.add("-Djava.io.tmpdir=" + scratch);
        if (isJar()) {
            program.add("-jar");
            program.add(JAR.toString());
        }
        return program;
    }

    /** Ends what a test has left that failed before it could end it: it would fail all that come after. */
    static void endAll() {
        for (GatewayProcess left = STARTED.poll(); left != null; left = STARTED.poll()) {
            left.close();
        }
    }

    /**
     * Waits until /health/ready says yes.
     *
     * @return this
     * @throws AssertionError when the gateway ends instead; what it said is in the message
     */
    public GatewayProcess awaitReady() {
        await("gateway ready")
                .atMost(STARTING)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!process.isAlive()) {
                        throw new AssertionError(
                                "the gateway ended, exit code " + process.exitValue() + "\n" + output());
                    }
                    return isReady();
                });
        return this;
    }

    /** Whether /health/ready says yes now; a gateway that does not answer is not ready. */
    public boolean isReady() {
        try {
            return get("/health/ready").statusCode() == 200;
        } catch (UncheckedIOException unreachable) {
            return false;
        }
    }

    /**
     * Asks the management port.
     *
     * @param path such as {@code /metrics}
     * @throws UncheckedIOException when it does not answer
     */
    public Response get(String path) {
        try {
            Response answer = Rest.at(MANAGEMENT).get(path);
            // Read to its end, so that the connection ends too.
            byte[] unused = answer.asByteArray();
            return answer;
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new UncheckedIOException(e instanceof IOException undeclared ? undeclared : new IOException(e));
        }
    }

    /** A connection to its API. */
    public GatewayClient client() {
        return GatewayClient.connect(GRPC_PORT, SECRET);
    }

    /** What this and earlier gateways of the same state directory's parent have printed. */
    public String output() {
        try {
            return Files.readString(output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Files and sockets that it has open. */
    public long descriptors() {
        return count("fd");
    }

    public long threads() {
        return count("task");
    }

    /** What it has of the machine's memory. */
    public long residentKilobytes() {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(pid()), "status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Entries of one directory of its own, as proc(5) has them. */
    private long count(String directory) {
        try (Stream<Path> entries = Files.list(Path.of("/proc", String.valueOf(pid()), directory))) {
            return entries.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The processes it has started and that live, such as dnsmasq; theirs too. */
    public List<ProcessHandle> children() {
        return process.descendants().filter(ProcessHandle::isAlive).toList();
    }

    /** Lets the JVM print the stacks of its threads; they are in the {@link #output} soon after. */
    public void printStacks() {
        Command.run(List.of("kill", "-QUIT", String.valueOf(pid())));
    }

    /** SIGKILL, and the end awaited. */
    public void kill9() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM, and the end awaited. */
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    /**
     * Waits for its end.
     *
     * @return the exit code; 128 + the number of the signal that killed it
     * @throws AssertionError when it still runs after 90 s
     */
    public int awaitExit() {
        try {
            if (!process.waitFor(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("the gateway still runs after " + STOPPING + "\n" + output());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Makes sure that it is gone. */
    @Override
    public void close() {
        if (process.isAlive()) {
            kill9();
        }
    }

    private static AssertionError interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new AssertionError("interrupted", e);
    }
}
