package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.platform.SignalHandlers;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/** The gateway. Runs until SIGTERM or SIGINT, then ends with code 0. */
@Singleton
public class GatewayApplication implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger("GatewayServer");

    /** Completes, on a thread of the JVM, with the first SIGTERM. The only one that outlives what Quarkus makes. */
    private static final CompletableFuture<Void> SIGTERM = new CompletableFuture<>();

    /** What SIGHUP does; before the start is over there is nothing that could have changed. */
    private static final AtomicReference<Runnable> RELOAD =
            new AtomicReference<>(() -> LOG.info("SIGHUP: everything is being read for the first time"));

    /**
     * The JVM's own answer to SIGTERM ends in code 143, which service managers report as a failure, and cannot be given
     * in good order while the gateway starts: libraries that want to be told of the JVM's end fail then. So ours is there
     * before anything is started.
     */
    static void serve() {
        SignalHandlers.on("TERM", () -> SIGTERM.complete(null));
        SignalHandlers.on("HUP", () -> RELOAD.get().run());
        Quarkus.run(GatewayApplication.class);
    }

    private final GatewayLifecycle lifecycle;

    GatewayApplication(GatewayLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** Everything has been started but the ports of Quarkus: what came earlier is obeyed now, and the rest as it comes. */
    void obeySigterm(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent started) {
        RELOAD.set(lifecycle::reload);
        CompletableFuture<Void> unused = SIGTERM.thenRun(this::stop);
    }

    @Override
    public int run(String... args) {
        LOG.info("[GatewayServer] Gateway server started");
        Quarkus.waitForExit();
        return 0;
    }

    private void stop() {
        CompletionStage<Void> unused = lifecycle.prepareToStop().whenComplete((nothing, fault) -> Quarkus.asyncExit(0));
    }
}
