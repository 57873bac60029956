package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.child.ChildProcess;
import cloud.obiente.vpsgateway.child.Launcher;
import cloud.obiente.vpsgateway.child.SupervisorThread;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Sends SIGHUP, which the JDK cannot: it knows TERM and KILL only.
 *
 * <p>Owns one shell whose built-in {@code kill} takes process ids from its standard input. That costs microseconds a
 * signal where a process for each would cost milliseconds. It answers each with a line; one that does not is replaced, and
 * what it was told is told to the next. So a signal can come twice, but is not lost. Confined to the supervisor thread.
 */
final class SighupSender implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SighupSender.class);
    private static final ChildProcess.Program SHELL = new ChildProcess.Program(
            "signaller",
            Launcher.DeathSignal.KILL,
            List.of(),
            ChildProcess.Input.PIPE,
            List.of(
                    "/bin/sh",
                    "-c",
                    "while read -r pid number; do kill -HUP \"$pid\" 2>/dev/null; echo \"$number\"; done"));
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofMillis(100);

    private final SupervisorThread supervisor;
    private ChildProcess shell;
    /** Who is to be signalled, and was not for all we know; null: nobody. */
    private Process target;
    /** Of what it was told last, which is what it answers with. */
    private long number;

    private boolean closed;

    SighupSender(SupervisorThread supervisor) {
        this.supervisor = supervisor;
    }

    /**
     * Tells the process to read its files again.
     *
     * @throws IOException when no shell can be started
     */
    void sendHup(Process process) throws IOException {
        if (closed || !process.isAlive()) {
            return;
        }
        target = process;
        try {
            tell();
        } catch (IOException died) {
            LOG.debugf(died, "the shell that passes on signals has died; starting another");
            shell = null;
            tell();
        }
    }

    private void tell() throws IOException {
        if (shell == null) {
            shell = ChildProcess.start(SHELL, new Observer());
        }
        number++;
        shell.tell(target.pid() + " " + number);
        ChildProcess told = shell;
        long toldNumber = number;
        supervisor.after(ANSWER_TIMEOUT, () -> replaceIfSilent(told, toldNumber));
    }

    private void replaceIfSilent(ChildProcess told, long toldNumber) {
        if (told == shell && toldNumber == number && target != null) {
            LOG.warnf(
                    "the shell that passes on signals (process %d) has not answered for %d ms; replacing it",
                    told.process().pid(), ANSWER_TIMEOUT.toMillis());
            told.kill();
        }
    }

    private void answered(ChildProcess speaker, String line) {
        if (speaker == shell && line.equals(Long.toString(number))) {
            target = null;
        }
    }

    private void ended(ChildProcess gone) {
        if (gone == shell) {
            shell = null;
            tellAgain();
        }
    }

    private void tellAgain() {
        Process left = target;
        if (left == null || shell != null) {
            return;
        }
        try {
            sendHup(left);
        } catch (IOException e) {
            LOG.errorf("no shell can be started to signal dnsmasq, trying again: %s", e);
            supervisor.after(RETRY, this::tellAgain);
        }
    }

    @Override
    public void close() {
        closed = true;
        if (shell != null) {
            shell.kill();
        }
    }

    private final class Observer implements ChildProcess.ChildObserver {
        @Override
        public void said(ChildProcess speaker, String line) {
            supervisor.run(() -> answered(speaker, line));
        }

        @Override
        public void ended(ChildProcess gone, int exitCode, List<String> lastLines) {
            supervisor.run(() -> SighupSender.this.ended(gone));
        }
    }
}
