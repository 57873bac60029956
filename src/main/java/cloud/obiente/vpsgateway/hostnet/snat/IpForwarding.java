package cloud.obiente.vpsgateway.hostnet.snat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** Whether the kernel forwards packets at all ({@code net.ipv4.ip_forward}). Blocks; stateless. */
record IpForwarding(Path setting) {
    private static final Logger LOG = Logger.getLogger(IpForwarding.class);
    private static final String COMMAND = "sysctl -w net.ipv4.ip_forward=1";

    /** Switches it on where we may, and warns where not. */
    void check(boolean mayBeSet) {
        try {
            if (!Files.readString(setting, StandardCharsets.US_ASCII).strip().equals("0")) {
                return;
            }
            if (mayBeSet) {
                Files.writeString(setting, "1");
                LOG.info("net.ipv4.ip_forward was off; switched on (GATEWAY_MANAGE_SYSCTL)");
            } else {
                LOG.warnf(
                        "net.ipv4.ip_forward is off: nothing of the VPSs leaves this host until you run '%s'", COMMAND);
            }
        } catch (IOException e) {
            LOG.warnf("%s cannot be read or set (%s); run '%s' on the host", setting, e, COMMAND);
        }
    }
}
