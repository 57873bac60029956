package cloud.obiente.vpsgateway.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How many files this process may have open, as the kernel says (proc(5), /proc/pid/limits). Stateless. */
final class FileDescriptorLimit {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files\\s+([0-9]{1,18})\\s");

    private FileDescriptorLimit() {}

    /** The soft limit; without one, or without a kernel that says, as many as a number can be. */
    static long limit() {
        try {
            return in(Files.readString(LIMITS));
        } catch (IOException noProc) {
            return Long.MAX_VALUE;
        }
    }

    static long in(String limits) {
        Matcher line = OPEN_FILES.matcher(limits);
        return line.find() ? Long.parseLong(line.group(1)) : Long.MAX_VALUE;
    }
}
