package cloud.obiente.vpsgateway.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * One run of a program that goes on until it is told to end.
 *
 * <p>Must be started on a thread that lives as long as the gateway: the kernel ends the child when the <em>thread</em>
 * that started it ends (prctl(2), PR_SET_PDEATHSIG), which is what leaves no orphan after a kill -9.
 */
public final class ChildProcess {
    private static final Logger LOG = Logger.getLogger(ChildProcess.class);
    private static final int KEPT_LINES = 20;
    private static final int MAX_LINE_LENGTH = 2_000;

    /** What ends a child whose gateway has died. */
    public enum DeathSignal {
        /** Lets it tidy up. One that is stopped or hangs stays. */
        TERM,
        /** Ends it whatever it does. */
        KILL
    }

    /** What the child tells us; called on the thread that reads its output, in order, {@code ended} last. */
    public interface ChildObserver {
        /** @param line of its standard output or error, cut after 2,000 characters */
        void said(ChildProcess child, String line);

        void ended(ChildProcess child, int exitCode, List<String> lastLines);
    }

    private final Process process;
    private final Deque<String> lastLines = new ArrayDeque<>();

    private ChildProcess(Process process) {
        this.process = process;
    }

    /**
     * Starts a program with nothing to read, and a thread that reads what it says.
     *
     * @throws IOException when setpriv cannot be started; a program that is not there ends with 127 instead
     */
    public static ChildProcess start(
            DeathSignal withUs, List<String> command, ChildObserver observer, ThreadFactory threads)
            throws IOException {
        List<String> bound = Stream.concat(Stream.of("setpriv", "--pdeathsig", withUs.name()), command.stream())
                .toList();
        Process process = new ProcessBuilder(bound)
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        ChildProcess child = new ChildProcess(process);
        threads.newThread(() -> child.read(observer)).start();
        return child;
    }

    public Process process() {
        return process;
    }

    /** Asks it to end. */
    public void terminate() {
        process.destroy();
    }

    public void kill() {
        process.destroyForcibly();
    }

    private void read(ChildObserver observer) {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = readLine(output); line != null; line = readLine(output)) {
                remember(line);
                observer.said(this, line);
            }
        } catch (IOException e) {
            LOG.debugf(e, "output of process %d broke off", process.pid());
        }
        observer.ended(this, awaitExit(), List.copyOf(lastLines));
    }

    /** A line without its end; a longer one is cut, so that no client can make us buffer much. */
    private static String readLine(BufferedReader output) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = output.read(); c != -1; c = output.read()) {
            if (c == '\n') {
                return line.toString();
            }
            if (line.length() < MAX_LINE_LENGTH) {
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
                LOG.debugf("interrupted; still waiting for process %d", process.pid());
            }
        }
    }
}
