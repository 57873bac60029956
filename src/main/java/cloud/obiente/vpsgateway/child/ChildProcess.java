package cloud.obiente.vpsgateway.child;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * One run of a program that goes on until it is told to end. It is dead when its process is, whatever becomes of its pipes:
 * programs that it has started may hold them, and are ended with it. One that closes its output is ended, because nothing
 * that it does could be heard of.
 *
 * <p>Must be started on a thread that lives as long as the gateway: the kernel ends the child when the <em>thread</em>
 * that started it ends (prctl(2), PR_SET_PDEATHSIG), which is what leaves no orphan after a kill -9.
 *
 * <p>Two daemon threads belong to a run. One reads, one waits for the end: the JDK can do neither without a thread, and its
 * {@link Process#onExit} borrows one of the common pool, which others may have filled. The last lines are under a monitor.
 */
public final class ChildProcess {
    private static final Logger LOG = Logger.getLogger(ChildProcess.class);
    private static final int KEPT_LINES = 20;
    private static final int MAX_LINE_LENGTH = 2_000;
    /** After its end, for what it said last: usually there already. Somebody else may hold the pipe for ever. */
    private static final Duration LAST_LINES_TIMEOUT = Duration.ofMillis(200);
    /** A process that ends closes its output a moment before. */
    private static final Duration END_AFTER_OUTPUT = Duration.ofSeconds(1);

    /** What the child tells us: in order, and {@code ended} last, on threads of the child's. */
    public interface ChildObserver {
        /** @param line of its standard output or error, cut after 2,000 characters */
        void said(ChildProcess child, String line);

        /** Nothing that it has started runs any more, either. */
        void ended(ChildProcess child, int exitCode, List<String> lastLines);
    }

    /** What it can read. */
    public enum Input {
        NOTHING,
        /** What is handed to {@link #tell}. */
        PIPE
    }

    /**
     * What to run.
     *
     * @param name of the threads that belong to it
     * @param withUs what ends it when we die
     * @param confinement further options of setpriv(1)
     */
    public record Program(
            String name, Launcher.DeathSignal withUs, List<String> confinement, Input input, List<String> command) {
        public Program {
            confinement = List.copyOf(confinement);
            command = List.copyOf(command);
        }
    }

    private final Process process;
    private final String name;
    private final ChildObserver observer;
    private final Deque<String> lastLines = new ArrayDeque<>();
    private boolean over;

    private ChildProcess(Process process, String name, ChildObserver observer) {
        this.process = process;
        this.name = name;
        this.observer = observer;
    }

    /**
     * Starts a program, and the threads that listen to it.
     *
     * @throws IOException when nothing can be started; a program that is not there ends with 127 instead
     */
    public static ChildProcess start(Program program, ChildObserver observer) throws IOException {
        ProcessBuilder builder = Launcher.leader(program.withUs(), program.confinement(), program.command())
                .redirectErrorStream(true);
        if (program.input() == Input.NOTHING) {
            builder.redirectInput(
                    ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        }
        ChildProcess child = new ChildProcess(builder.start(), program.name(), observer);
        Thread reader = daemon(program.name() + "-log", child::read);
        daemon(program.name() + "-end", () -> child.awaitEnd(reader));
        return child;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    public Process process() {
        return process;
    }

    /**
     * Gives it a line to read. Blocks while its pipe is full, so only for children that read.
     *
     * @throws IOException when it does not read any more
     */
    public void tell(String line) throws IOException {
        Writer input = process.outputWriter(StandardCharsets.US_ASCII);
        input.write(line + "\n");
        input.flush();
    }

    /** Asks it to end. */
    public void terminate() {
        process.destroy();
    }

    public void kill() {
        process.destroyForcibly();
    }

    private void read() {
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.ISO_8859_1))) {
            for (String line = readLine(output); line != null; line = readLine(output)) {
                if (!heard(line)) {
                    return;
                }
            }
        } catch (IOException e) {
            LOG.debugf(e, "output of process %d broke off", process.pid());
        }
        if (!endsWithin(END_AFTER_OUTPUT)) {
            LOG.warnf("%s (process %d) has closed its output and lives; ending it", name, process.pid());
            kill();
        }
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

    /** @return false when the end has been told already: whoever writes now is not the child */
    private synchronized boolean heard(String line) {
        if (over) {
            return false;
        }
        if (lastLines.size() == KEPT_LINES) {
            lastLines.removeFirst();
        }
        lastLines.addLast(line);
        observer.said(this, line);
        return true;
    }

    private void awaitEnd(Thread reader) {
        int exitCode = exitCode();
        try {
            Session.end(process.pid());
        } catch (UncheckedIOException e) {
            LOG.warnf("what %s (process %d) has started cannot be looked for: %s", name, process.pid(), e);
        }
        joined(reader);
        synchronized (this) {
            over = true;
            observer.ended(this, exitCode, List.copyOf(lastLines));
        }
    }

    private int exitCode() {
        while (true) {
            try {
                return process.waitFor();
            } catch (InterruptedException retry) {
                // This thread is nobody's to interrupt, and it ends with the process.
                LOG.debugf("interrupted; still waiting for process %d", process.pid());
            }
        }
    }

    private boolean endsWithin(Duration time) {
        try {
            return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException nobodys) {
            return !process.isAlive();
        }
    }

    private void joined(Thread reader) {
        try {
            reader.join(LAST_LINES_TIMEOUT.toMillis());
        } catch (InterruptedException nobodys) {
            LOG.debugf("interrupted; not waiting for the last lines of process %d", process.pid());
        }
    }
}
