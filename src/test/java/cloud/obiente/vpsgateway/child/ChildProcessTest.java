package cloud.obiente.vpsgateway.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child of real programs: what it is started with, and when it counts as dead. */
class ChildProcessTest implements ChildProcess.ChildObserver {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Integer> exitCode = new AtomicReference<>();
    private ChildProcess child;

    @TempDir
    Path directory;

    @Override
    public void said(ChildProcess speaker, String line) {
        lines.add(line);
    }

    @Override
    public void ended(ChildProcess gone, int code, List<String> lastLines) {
        exitCode.set(code);
    }

    @AfterEach
    void killIt() {
        if (child != null) {
            child.kill();
        }
    }

    private void start(ChildProcess.Input input, String script) throws IOException {
        child = ChildProcess.start(
                new ChildProcess.Program(
                        "test", Launcher.DeathSignal.KILL, List.of(), input, List.of("/bin/sh", "-c", script)),
                this);
    }

    private void start(String script) throws IOException {
        start(ChildProcess.Input.NOTHING, script);
    }

    private String firstLine() {
        return await().until(lines::peek, line -> line != null);
    }

    private int awaitEnd() {
        return await().until(exitCode::get, code -> code != null);
    }

    private static boolean lives(String pid) {
        return ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    /** As dnsmasq's workers do, which serve a TCP connection: for 150 s, whatever becomes of dnsmasq. */
    @Test
    void aKilledChildIsDeadThoughWhatItStartedHoldsItsOutput() throws IOException {
        start("sleep 300 & echo $!; wait");
        String grandchild = firstLine();

        child.kill();

        assertThat(awaitEnd()).isEqualTo(128 + 9);
        await().until(() -> !lives(grandchild));
    }

    @Test
    void whatAChildLeavesBehindEndsWithItThoughTheyAreManyAndIgnoreSignals() throws IOException {
        start(
                "trap '' TERM HUP; for i in 1 2 3 4 5; do (sleep 300 & sleep 300 & echo up; wait) & done; sleep 300 & wait");
        await().until(() -> lines.size() == 5);
        long session = child.process().pid();

        child.kill();

        awaitEnd();
        assertThat(Session.members(session)).isEmpty();
    }

    /** The pipe is somebody else's to hold as well: whoever may read /proc/PID/fd. */
    @Test
    void aKilledChildIsDeadThoughAStrangerHoldsItsOutput() throws IOException {
        start("echo ready; sleep 300");
        firstLine();
        Process stranger = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec sleep 300 >/proc/" + child.process().pid() + "/fd/1")
                .start();
        try {
            await().until(() -> Files.isSameFile(
                    Path.of("/proc/" + stranger.pid() + "/fd/1"),
                    Path.of("/proc/" + child.process().pid() + "/fd/1")));

            child.kill();

            assertThat(awaitEnd()).isEqualTo(128 + 9);
            assertThat(stranger.isAlive()).isTrue();
        } finally {
            stranger.destroyForcibly();
        }
    }

    @Test
    void aChildThatClosesItsOutputIsEnded() throws IOException {
        start("echo ready; exec sleep 300 >/dev/null 2>&1");

        firstLine();

        assertThat(awaitEnd()).isEqualTo(128 + 9);
    }

    @Test
    void whatItSaysLastIsHeardBeforeItsEnd() throws IOException {
        start("echo first; echo last >&2; exit 7");

        assertThat(awaitEnd()).isEqualTo(7);
        assertThat(lines).containsExactly("first", "last");
    }

    @Test
    void itsEnvironmentIsOursAndHasNothingElse() throws IOException {
        start("tr '\\0' '\\n' </proc/$$/environ");

        awaitEnd();
        assertThat(lines).hasSize(2).anyMatch(line -> line.startsWith("PATH=/")).contains("LC_ALL=C");
    }

    @Test
    void itInheritsNoDescriptorsAndCanGainNoPrivileges() throws IOException {
        try (Stream<String> open = Files.lines(Files.writeString(directory.resolve("open"), "text"))) {
            start("for d in /proc/$$/fd/*; do echo \"${d##*/}\"; done; grep NoNewPrivs /proc/$$/status");

            awaitEnd();
            assertThat(open).isNotEmpty();
        }
        // Of the shell's own there may be one that it has marked to be closed.
        assertThat(lines).startsWith("0", "1", "2").contains("NoNewPrivs:\t1").hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void whatItIsToldItReads() throws IOException {
        start(ChildProcess.Input.PIPE, "while read -r word; do echo \"got $word\"; done");

        child.tell("one");
        child.tell("two");

        await().until(() -> lines.size() == 2);
        assertThat(lines).containsExactly("got one", "got two");
    }

    @Test
    void aProgramThatIsNotThereEndsWith127() throws IOException {
        child = ChildProcess.start(
                new ChildProcess.Program(
                        "test",
                        Launcher.DeathSignal.KILL,
                        List.of(),
                        ChildProcess.Input.NOTHING,
                        List.of("no-such-program")),
                this);

        assertThat(awaitEnd()).isEqualTo(127);
        assertThat(lines).anyMatch(line -> line.startsWith("setpriv: "));
    }

    @Test
    void aProcessIsReadWhateverItsName() {
        assertThat(ProcessStat.parse("17 (a) T 9 ( b) S 1 17 17 0 -1 4194560 454 0 0 0 23 42 0 0 20 0 1 0 12"))
                .isEqualTo(new ProcessStat('S', 17, 23, 42));
        assertThat(ProcessStat.of(ProcessHandle.current().pid()))
                .map(ProcessStat::userTicks)
                .get()
                .matches(ticks -> ticks > 0);
        assertThat(ProcessStat.of(Long.MAX_VALUE)).isEqualTo(Optional.empty());
    }
}
