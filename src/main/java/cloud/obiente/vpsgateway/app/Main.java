package cloud.obiente.vpsgateway.app;

import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.annotations.QuarkusMain;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.util.concurrent.CompletionStage;
import org.jboss.logging.Logger;
import sun.misc.Signal;

/** The program. Runs until SIGTERM or SIGINT, then ends with code 0. */
@QuarkusMain
public class Main implements QuarkusApplication {
    private static final Logger LOG = Logger.getLogger("GatewayServer");

    public static void main(String... args) {
        Quarkus.run(Main.class, args);
    }

    private final Lifecycle lifecycle;

    Main(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /**
     * The JVM's own answer to SIGTERM ends in code 143, which service managers report as a failure. Ours is there when
     * everything has been started but the ports of Quarkus, so before anybody can see that we are ready.
     */
    void answerSigterm(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) StartupEvent started) {
        Signal.handle(new Signal("TERM"), signal -> stop());
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
