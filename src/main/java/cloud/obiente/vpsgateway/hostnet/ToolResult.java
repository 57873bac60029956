package cloud.obiente.vpsgateway.hostnet;

import java.util.List;
import java.util.Locale;

/**
 * How a host tool ended.
 *
 * @param command what was run
 * @param exitCode 0 is success; {@link #NOT_FOUND} when there is no such program
 * @param output what it wrote on its standard output
 * @param errors what it wrote on its standard error
 */
public record ToolResult(List<String> command, int exitCode, String output, String errors) {
    /** The exit status that shells give for a program that is not there (POSIX, 2.8.2). */
    public static final int NOT_FOUND = 127;

    public ToolResult {
        command = List.copyOf(command);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    public boolean missing() {
        return exitCode == NOT_FOUND;
    }

    /** What went wrong, for people: the tool's first words about it. */
    public String complaint() {
        if (missing()) {
            return command.get(0) + " is not installed";
        }
        String said = errors.strip().lines().findFirst().orElse("no message");
        return String.format(Locale.ROOT, "%s ended with %d: %s", command.get(0), exitCode, said);
    }
}
