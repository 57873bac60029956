package cloud.obiente.vpsgateway.child;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The one place from which programs are started, each with an environment of our making: what is parsed must not come in the
 * language of the host, and what is secret must not be readable in {@code /proc/PID/environ}. The JDK closes all descriptors
 * but the three standard ones. Stateless, thread-safe.
 */
public final class Launcher {
    /** Where the tools of the host are; a service's own PATH often lacks the administrator's half. */
    private static final List<String> STANDARD_PLACES =
            List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

    /** What {@code setpriv} adds to each program: files with set-id bits or capabilities give it nothing (prctl(2)). */
    private static final String NO_NEW_PRIVILEGES = "--no-new-privs";

    /** What ends a program whose gateway has died. */
    public enum DeathSignal {
        /** Lets it tidy up. One that is stopped or hangs stays. */
        TERM,
        /** Ends it whatever it does. */
        KILL
    }

    private Launcher() {}

    /**
     * A program that cannot gain privileges, and that the kernel ends when the <em>thread</em> that starts it ends (prctl(2),
     * PR_SET_PDEATHSIG). When it cannot be found it ends with 127.
     *
     * @param withUs what ends it when we die
     * @param confinement further options of setpriv(1)
     */
    static ProcessBuilder bound(DeathSignal withUs, List<String> confinement, List<String> command) {
        return builder(Stream.of(
                        Stream.of("setpriv", "--pdeathsig", withUs.name(), NO_NEW_PRIVILEGES),
                        confinement.stream(),
                        Stream.of("--"),
                        command.stream())
                .flatMap(words -> words)
                .toList());
    }

    /** The same as the leader of a session of its own, by which whatever it starts can be found: see {@link Session}. */
    static ProcessBuilder leader(DeathSignal withUs, List<String> confinement, List<String> command) {
        ProcessBuilder builder = bound(withUs, confinement, command);
        // JDK's children never lead a process group, so setsid(1) becomes the program instead of forking it.
        builder.command().add(0, "setsid");
        return builder;
    }

    /** A tool that runs to its end while the calling thread waits for it, and is killed when that thread dies. */
    public static ProcessBuilder tool(List<String> command) {
        return tool(List.of(), command);
    }

    /** @param confinement further options of setpriv(1) */
    public static ProcessBuilder tool(List<String> confinement, List<String> command) {
        return bound(DeathSignal.KILL, confinement, command);
    }

    private static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command));
        Map<String, String> environment = builder.environment();
        String path = path(environment.get("PATH"));
        environment.clear();
        environment.put("PATH", path);
        environment.put("LC_ALL", "C");
        return builder;
    }

    private static String path(String inherited) {
        Set<String> places = new LinkedHashSet<>();
        if (inherited != null) {
            places.addAll(List.of(inherited.split(":", -1)));
            // An empty entry would mean the working directory.
            places.remove("");
        }
        places.addAll(STANDARD_PLACES);
        return String.join(":", places);
    }
}
