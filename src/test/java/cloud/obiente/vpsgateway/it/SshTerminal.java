package cloud.obiente.vpsgateway.it;

import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Somebody at a terminal: types, and reads what comes back. Owned by one test. */
final class SshTerminal implements AutoCloseable {
    static final String CONTROL_C = "\u0003";

    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private final Process process;
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private SshTerminal(Process process) {
        this.process = process;
    }

    static SshTerminal start(List<String> command) throws IOException {
        SshTerminal terminal = new SshTerminal(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        Thread reader = new Thread(terminal::read, "terminal");
        reader.setDaemon(true);
        reader.start();
        return terminal;
    }

    private void read() {
        byte[] buffer = new byte[4096];
        try (InputStream output = process.getInputStream()) {
            for (int n = output.read(buffer); n >= 0; n = output.read(buffer)) {
                screen.write(buffer, 0, n);
            }
        } catch (IOException closed) {
            screen.writeBytes(closed.toString().getBytes(StandardCharsets.UTF_8));
        }
    }

    SshTerminal type(String text) throws IOException {
        OutputStream input = process.getOutputStream();
        input.write(text.getBytes(StandardCharsets.UTF_8));
        input.flush();
        return this;
    }

    /** @param pattern of a whole line */
    SshTerminal awaitLine(String pattern) {
        Pattern line = Pattern.compile("(?m)^" + pattern + "\\r?$");
        await(pattern).atMost(TIMEOUT).until(this::screen, text -> line.matcher(text)
                .find());
        return this;
    }

    /** What has been printed. Any thread. */
    private String screen() {
        return screen.toString(StandardCharsets.UTF_8);
    }

    int exitCode() throws InterruptedException {
        if (!process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("ssh still runs; the screen: " + screen());
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
