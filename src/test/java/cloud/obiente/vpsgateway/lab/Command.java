package cloud.obiente.vpsgateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs a program on the gateway host to its end. */
public final class Command {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private Command() {}

    /** What a program said, standard output and error in one, and how it ended. */
    public record Result(int exitCode, String output) {}

    /** @throws AssertionError when the program fails or does not end within a minute; its output is in the message */
    public static String run(List<String> command) {
        return run(command, TIMEOUT);
    }

    /** @throws AssertionError when the program fails or does not end in that time; its output is in the message */
    public static String run(List<String> command, Duration timeout) {
        Result result = attempt(command, timeout);
        if (result.exitCode() != 0) {
            throw new AssertionError(
                    String.join(" ", command) + "\nexit code " + result.exitCode() + "\n" + result.output());
        }
        return result.output();
    }

    /** @throws AssertionError when the program does not end within a minute */
    public static Result attempt(List<String> command) {
        return attempt(command, TIMEOUT);
    }

    /** @throws AssertionError when the program does not end in that time */
    public static Result attempt(List<String> command, Duration timeout) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")))
                    .start();
            CompletableFuture<String> output = Background.supply("output of " + command.get(0), () -> drain(process));
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(String.join(" ", command) + "\nstill runs after " + timeout);
            }
            return new Result(process.exitValue(), output.join());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for " + command, e);
        }
    }

    private static String drain(Process process) {
        try {
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
