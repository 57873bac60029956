package cloud.obiente.vpsgateway.dnsmasq;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Sends SIGHUP, which the JDK cannot: it knows TERM and KILL only.
 *
 * <p>Owns one shell whose built-in {@code kill} takes process ids from its standard input. That costs microseconds a
 * signal where a process for each would cost milliseconds, and the shell ends by itself when we do, because its input
 * ends. Confined to the supervisor thread.
 */
final class SighupSender implements AutoCloseable {
    private static final List<String> COMMAND =
            List.of("/bin/sh", "-c", "while read -r pid; do kill -HUP \"$pid\" 2>/dev/null; done");

    private Process shell;

    /**
     * Tells the process to read its files again.
     *
     * @throws IOException when no shell can be started
     */
    void sendHup(Process process) throws IOException {
        if (shell == null || !shell.isAlive()) {
            shell = new ProcessBuilder(COMMAND)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }
        if (process.isAlive()) {
            Writer input = shell.outputWriter(StandardCharsets.US_ASCII);
            input.write(process.pid() + "\n");
            input.flush();
        }
    }

    @Override
    public void close() {
        if (shell != null) {
            shell.destroy();
        }
    }
}
