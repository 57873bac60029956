package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jboss.logging.Logger;

/** The name of this host, without its domain. */
final class HostName {
    private static final Logger LOG = Logger.getLogger(HostName.class);

    /** As the kernel has it (proc_sys_kernel(5)): no resolver is asked. */
    private static final Path FILE = Path.of("/proc/sys/kernel/hostname");

    private static final DnsLabel UNKNOWN = new DnsLabel("unknown");

    private HostName() {}

    /** {@code unknown} where there is none that could be written in DNS. */
    static DnsLabel read() {
        try {
            return parse(Files.readString(FILE));
        } catch (IOException e) {
            LOG.debugf(e, "the name of this host cannot be read");
            return UNKNOWN;
        }
    }

    static DnsLabel parse(String text) {
        try {
            return DnsLabel.parse(text.strip().split("\\.", 2)[0]);
        } catch (InvalidValueException noLabel) {
            LOG.debugf("this host is called 'unknown' in beacons: %s", noLabel.getMessage());
            return UNKNOWN;
        }
    }
}
