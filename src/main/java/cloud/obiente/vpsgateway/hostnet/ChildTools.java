package cloud.obiente.vpsgateway.hostnet;

import cloud.obiente.vpsgateway.child.Launcher;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Host tools as child processes, found in the places that hold them even where PATH does not name them. Any thread. */
public final class ChildTools implements HostTools {
    private static final List<Path> PLACES = Stream.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin")
            .map(Path::of)
            .toList();

    /** A thread for each end of a pipe: on a shared pool, three that wait for one another could fill it. */
    private static final Executor PIPES = work -> new Thread(work, "host-tool").start();

    private final Duration timeout;

    /** @param timeout how long a tool may take before it is killed */
    public ChildTools(Duration timeout) {
        this.timeout = timeout;
    }

    /** Where a tool is; empty when this host does not have it. */
    public static Optional<Path> find(String tool) {
        return PLACES.stream()
                .map(place -> place.resolve(tool))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public ToolResult run(List<String> command, String input) throws IOException {
        Optional<Path> program = find(command.get(0));
        if (program.isEmpty()) {
            return new ToolResult(command, ToolResult.NOT_FOUND, "", "");
        }
        List<String> found = new ArrayList<>(command);
        found.set(0, program.get().toString());
        Process process = Launcher.tool(found).start();
        try {
            return toItsEnd(process, command, input);
        } finally {
            process.destroyForcibly();
        }
    }

    private ToolResult toItsEnd(Process process, List<String> command, String input) throws IOException {
        CompletableFuture<String> output = read(process.getInputStream());
        CompletableFuture<String> errors = read(process.getErrorStream());
        CompletableFuture<Void> written =
                CompletableFuture.runAsync(() -> write(process.getOutputStream(), input), PIPES);
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(String.format(
                        Locale.ROOT, "%s has not ended within %d ms", command.get(0), timeout.toMillis()));
            }
            // What the tool has started may hold its pipes when it has ended.
            written.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new ToolResult(
                    command,
                    process.exitValue(),
                    output.get(timeout.toMillis(), TimeUnit.MILLISECONDS),
                    errors.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException held) {
            throw new IOException(command.get(0) + " has ended, but its output has not", held);
        } catch (ExecutionException e) {
            throw new IOException("the output of " + command.get(0) + " cannot be read", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while waiting for " + command.get(0));
        }
    }

    private static CompletableFuture<String> read(InputStream stream) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (stream) {
                        return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                PIPES);
    }

    /** A tool may end without reading all it was given; its exit status says whether that was well. */
    private static void write(OutputStream stream, String input) {
        try (stream) {
            stream.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException endedBeforeReading) {
            return;
        }
    }
}
