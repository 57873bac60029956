package cloud.obiente.vpsgateway.dnsmasq;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import org.jboss.logging.Logger;

/**
 * One run of dnsmasq.
 *
 * <p>Must be started on a thread that lives as long as the gateway: the kernel ends the child when the <em>thread</em>
 * that started it ends (prctl(2), PR_SET_PDEATHSIG), which is what leaves no orphan after a kill -9.
 */
final class Child {
    private static final Logger DNSMASQ_LOG = Logger.getLogger("dnsmasq");
    private static final int KEPT_LINES = 20;
    private static final int LONGEST_LINE = 2_000;

    /** What the child tells us; called on its log thread, in order, {@code ended} last. */
    interface Observer {
        void said(Child child, LogEvent event);

        void ended(Child child, int exitCode, List<String> lastLines);
    }

    private final Process process;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private Child(Process process) {
        this.process = process;
    }

    /**
     * Starts dnsmasq in the foreground and a thread that reads its log.
     *
     * @throws IOException when setpriv cannot be started
     */
    static Child start(Path configFile, LogParser parser, Observer observer, ThreadFactory threads) throws IOException {
        Process process = new ProcessBuilder(command(configFile))
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        Child child = new Child(process);
        threads.newThread(() -> child.readLog(parser, observer)).start();
        return child;
    }

    static List<String> command(Path configFile) {
        return List.of("setpriv", "--pdeathsig", "TERM", "dnsmasq", "-k", "-C", configFile.toString());
    }

    Process process() {
        return process;
    }

    /** Asks it to end; it saves nothing, because its lease file is always current. */
    void terminate() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    private void readLog(LogParser parser, Observer observer) {
        try (BufferedReader log =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = readLine(log); line != null; line = readLine(log)) {
                remember(line);
                DNSMASQ_LOG.debug(line);
                parser.parse(line).ifPresent(event -> observer.said(this, event));
            }
        } catch (IOException e) {
            DNSMASQ_LOG.debugf(e, "log of dnsmasq %d broke off", process.pid());
        }
        observer.ended(this, awaitExit(), List.copyOf(lastLines));
    }

    /** A line without its end; a longer one is cut, so that no client can make us hold much. */
    private static String readLine(BufferedReader log) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = log.read(); c != -1; c = log.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (line.length() < LONGEST_LINE) {
                line.append((char) c);
            }
        }
        return line.length() == 0 ? null : line.toString();
    }

    private void remember(String line) {
        if (lastLines.size() == KEPT_LINES) {
            lastLines.removeFirst();
        }
        lastLines.addLast(line);
    }

    private int awaitExit() {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException retry) {
                // This thread is nobody's to interrupt, and it ends with the process.
                continue;
            }
        }
    }
}
