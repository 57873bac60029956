package cloud.obiente.vpsgateway.dnsmasq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The processes that dnsmasq forks for TCP, one for each connection (dnsmasq(8), "-d"). Each answers from the names as they
 * were when it was forked, for up to 150 s, whatever its parent has read since. Stateless; to be used on the supervisor's
 * thread.
 */
final class TcpWorkers {
    private TcpWorkers() {}

    /** Those of this dnsmasq, which has no other children. */
    static List<ProcessHandle> of(Process dnsmasq) {
        try {
            // Cheaper than what the JDK does, which reads all of /proc.
            String children =
                    Files.readString(Path.of("/proc/" + dnsmasq.pid() + "/task/" + dnsmasq.pid() + "/children"));
            return Stream.of(children.strip().split(" "))
                    .filter(pid -> !pid.isEmpty())
                    .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                    .toList();
        } catch (IOException kernelWithoutIt) {
            return dnsmasq.children().toList();
        }
    }

    /** Ends them; whoever is at the other end of a connection asks again. They hear no signal that could be refused. */
    static void end(List<ProcessHandle> workers) {
        workers.forEach(ProcessHandle::destroyForcibly);
    }
}
