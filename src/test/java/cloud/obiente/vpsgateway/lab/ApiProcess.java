package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import cloud.obiente.vpsgateway.v1.SyncAllocationsRequest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An API instance in a process of its own, to be killed. Commands by one thread. */
public final class ApiProcess implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final Process process;
    private final PrintWriter commands;
    private final CompletableFuture<Void> registered = new CompletableFuture<>();
    private final Map<String, Consumer<GatewayResponse>> asked = new ConcurrentHashMap<>();
    private final CompletableFuture<Void> heardAll;
    private int requests;

    private ApiProcess(Process process) {
        this.process = process;
        this.commands = new PrintWriter(process.outputWriter(StandardCharsets.US_ASCII), true);
        this.heardAll = Background.run("api-process-" + process.pid(), this::hear);
    }

    /**
     * Starts the process, which waits for {@link #register}.
     *
     * @param log what it says besides goes there
     */
    public static ApiProcess start(URI gateway, String secret, String id, String node, Path log) {
        try {
            return new ApiProcess(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            ApiProgram.class.getName(),
                            gateway.toString(),
                            secret,
                            id,
                            node)
                    .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.US_ASCII)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                heard(line.split(" ", -1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            registered.completeExceptionally(new AssertionError("the API instance has ended"));
        }
    }

    private void heard(String... words) throws InvalidProtocolBufferException {
        switch (words[0]) {
            case "registered" -> registered.complete(null);
            case "answer" -> asked.remove(words[1]).accept(GatewayResponse.parseFrom(ApiProgram.decode(words[2])));
            // The JVM's own warnings come this way too.
            default -> {}
        }
    }

    /** Connects to the gateway, and waits until it is registered there. */
    public void register() {
        commands.println("register");
        registered.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Tells the gateway the whole list. */
    public void sync(List<DesiredAllocation> table) {
        commands.println("sync "
                + ApiProgram.encode(SyncAllocationsRequest.newBuilder()
                        .addAllAllocations(table)
                        .build()));
    }

    /**
     * A unary method over the link.
     *
     * @param onAnswer on a thread of this process; not called when it is killed before
     */
    public void request(String method, Message request, Consumer<GatewayResponse> onAnswer) {
        String id = "p" + requests++;
        asked.put(id, onAnswer);
        commands.println("request " + id + " " + method + " " + ApiProgram.encode(request));
    }

    /** SIGKILL; its end is awaited, and what it had said is heard. */
    public void kill9() {
        // Not by the process itself, which would close its output before that has been read.
        process.toHandle().destroyForcibly();
        heardAll.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Makes sure that it is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
    }
}
