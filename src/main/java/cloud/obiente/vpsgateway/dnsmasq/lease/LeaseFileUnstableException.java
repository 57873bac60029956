package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The lease file was never seen whole: dnsmasq kept rewriting it, or stopped in the middle. */
public final class LeaseFileUnstableException extends IOException {
    LeaseFileUnstableException(Path file, Duration waited) {
        super(file + " was not seen whole within " + waited.toMillis() + " ms (expected: a moment without changes)");
    }
}
