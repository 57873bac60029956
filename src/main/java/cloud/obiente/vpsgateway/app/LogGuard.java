package cloud.obiente.vpsgateway.app;

import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import org.jboss.logging.Logger;

/**
 * Sees to it, before anything of ours reads or serves what others have written, that the log's lines are the gateway's: every
 * handler, whatever it writes to, escapes, and no library writes more than so many warnings. What threads die of is logged as well, instead of being printed as it is.
 */
@Singleton
public class LogGuard {
    private static final Logger LOG = Logger.getLogger(LogGuard.class);
    private static final int BEFORE_ALL_OTHERS = Interceptor.Priority.PLATFORM_BEFORE - 1;

    void install(@Observes @Priority(BEFORE_ALL_OTHERS) StartupEvent start) {
        EscapingFormatter.install(InitialConfigurator.DELAYED_HANDLER);
        InitialConfigurator.DELAYED_HANDLER.setFilter(new LibraryLineLimit(System::nanoTime));
        Thread.setDefaultUncaughtExceptionHandler(
                (thread, fault) -> LOG.errorf(fault, "the thread %s has ended", thread.getName()));
    }
}
