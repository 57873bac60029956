package cloud.obiente.vpsgateway.it;

import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import java.util.List;

/** Rough treatment of processes. */
final class Programs {
    private Programs() {}

    /** SIGSTOP: the process is there and does nothing, which is how one that hangs looks. */
    static void freeze(ProcessHandle process) {
        Command.run(List.of("kill", "-STOP", String.valueOf(process.pid())));
    }

    /** SIGCONT: it goes on, unless somebody has ended it meanwhile. */
    static void thaw(ProcessHandle process) {
        Command.attempt(List.of("kill", "-CONT", String.valueOf(process.pid())));
    }

    /** SIGKILL, and the end awaited. */
    static void kill9(ProcessHandle process) {
        process.destroyForcibly();
        await().until(() -> !process.isAlive());
    }

    /** Every dnsmasq that runs with this state directory, whoever its parent is. */
    static List<ProcessHandle> dnsmasqsOf(StateFiles files) {
        String configFile = files.directory().resolve("dnsmasq.conf").toString();
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().command().orElse("").endsWith("/dnsmasq"))
                .filter(process -> List.of(process.info().arguments().orElse(new String[0]))
                        .contains(configFile))
                .toList();
    }
}
