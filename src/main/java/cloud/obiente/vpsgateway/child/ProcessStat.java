package cloud.obiente.vpsgateway.child;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel says of a process (proc(5), {@code /proc/PID/stat}), as it was at the moment of the question.
 *
 * @param state one letter: R runs, S sleeps, D waits for a disk, T is stopped, Z has ended and was not collected
 * @param session the process id of the one that began its session
 * @param userTicks time it has computed, in hundredths of a second
 * @param systemTicks time the kernel has worked for it, in hundredths of a second
 */
public record ProcessStat(char state, long session, long userTicks, long systemTicks) {
    private static final int STATE = 0;
    private static final int SESSION = 3;
    private static final int USER_TIME = 11;
    private static final int SYSTEM_TIME = 12;

    /** Empty when there is no such process, or we may not see it. */
    public static Optional<ProcessStat> of(long pid) {
        try {
            // Not UTF-8: a process may call itself anything.
            return Optional.of(
                    parse(Files.readString(Path.of("/proc", Long.toString(pid), "stat"), StandardCharsets.ISO_8859_1)));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** The name stands in parentheses and may contain some, and blanks: what follows the last one counts. */
    static ProcessStat parse(String line) {
        String[] fields = line.substring(line.lastIndexOf(')') + 1).strip().split(" ", -1);
        return new ProcessStat(
                fields[STATE].charAt(0),
                Long.parseLong(fields[SESSION]),
                Long.parseLong(fields[USER_TIME]),
                Long.parseLong(fields[SYSTEM_TIME]));
    }

    /** Whether it has ended, collected by its parent or not. */
    public boolean ended() {
        return state == 'Z' || state == 'X';
    }

    /** Whether somebody has stopped it (SIGSTOP, a debugger). */
    public boolean stopped() {
        return state == 'T' || state == 't';
    }
}
