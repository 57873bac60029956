package cloud.obiente.vpsgateway.lab;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A program of {@code src/test/python} that answers each line with one line. For one thread at a time. */
final class PythonProgram implements AutoCloseable {
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    private PythonProgram(Process process) {
        this.process = process;
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    /**
     * Starts it and waits until it is ready.
     *
     * @param place a command that starts the one behind it somewhere else; may be empty
     */
    static PythonProgram start(List<String> place, String file, String... arguments) {
        List<String> command = new ArrayList<>(place);
        command.add("python3");
        command.add(Sandbox.PROJECT.resolve("src/test/python").resolve(file).toString());
        command.addAll(List.of(arguments));
        try {
            PythonProgram program = new PythonProgram(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
            program.read("ready");
            return program;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the command behind this runs on a simulated host. */
    static List<String> on(String host) {
        return List.of("ip", "netns", "exec", OutsideHost.namespaceOf(host));
    }

    /** @throws AssertionError when the program has ended */
    String ask(String command) {
        try {
            commands.write(command);
            commands.newLine();
            commands.flush();
            return readLine();
        } catch (IOException e) {
            throw new AssertionError(process.info() + " does not take commands", e);
        }
    }

    void ask(String command, String expected) {
        String answer = ask(command);
        if (!answer.equals(expected)) {
            throw new AssertionError(command + ": " + answer + " (expected: " + expected + ")");
        }
    }

    private void read(String expected) throws IOException {
        String line = readLine();
        if (!line.equals(expected)) {
            throw new AssertionError(process.info() + " said: " + line);
        }
    }

    private String readLine() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new AssertionError(process.info() + " has ended");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
