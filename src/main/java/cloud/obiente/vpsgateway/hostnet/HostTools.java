package cloud.obiente.vpsgateway.hostnet;

import java.io.IOException;
import java.util.List;

/** Runs the host's network tools: nft, iptables, ip, conntrack. */
public interface HostTools {

    /**
     * Runs one tool to its end. Blocks; never on an event loop.
     *
     * @param command the program and its arguments, no shell between
     * @param input given to its standard input
     * @return how it ended, whether well or not; a program that is not there is a result, too
     * @throws IOException when it did not end in time (it is killed then) or could not be started for another reason
     *     than not being there
     */
    ToolResult run(List<String> command, String input) throws IOException;

    /** The same with nothing to read. */
    default ToolResult run(String... command) throws IOException {
        return run(List.of(command), "");
    }
}
