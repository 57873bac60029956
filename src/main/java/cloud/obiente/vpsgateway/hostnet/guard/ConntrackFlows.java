package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Connections that the kernel tracks, by conntrack(8) where it is installed: those of an address that changed hands would
 * go on to whoever has it next. Blocks; never fails, because the guard does not depend on it.
 */
final class ConntrackFlows {
    private static final Logger LOG = Logger.getLogger(ConntrackFlows.class);
    /** The address as the sender, as the target, and as the target after address translation. */
    private static final List<String> ENDS = List.of("--orig-src", "--orig-dst", "--reply-src");

    private final HostTools tools;

    ConntrackFlows(HostTools tools) {
        this.tools = tools;
    }

    void forget(Collection<AddressPin> gone) {
        for (AddressPin pin : gone) {
            for (String end : ENDS) {
                if (!forget(end, pin.address().toString())) {
                    return;
                }
            }
        }
    }

    /** @return false when there is no such tool */
    private boolean forget(String end, String address) {
        try {
            ToolResult result = tools.run("conntrack", "-D", "-f", "ipv4", end, address);
            // It ends with 1 where there was nothing to forget.
            LOG.debugf("flows of %s (%s): %s", address, end, result.errors().strip());
            return !result.missing();
        } catch (IOException e) {
            LOG.warnf("flows of %s could not be forgotten: %s", address, e.getMessage());
            return true;
        }
    }
}
