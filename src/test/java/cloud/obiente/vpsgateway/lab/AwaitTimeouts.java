package cloud.obiente.vpsgateway.lab;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * How long tests wait for what must come, unless they say otherwise: long enough for a busy machine. It costs time only when
 * a test fails. What a promise limits has its own limit in its test.
 */
public final class AwaitTimeouts implements LauncherSessionListener {
    @Override
    public void launcherSessionOpened(LauncherSession session) {
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }
}
