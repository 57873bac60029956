package cloud.obiente.vpsgateway.app.config;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.List;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.jboss.logging.Logger;

/** Gives the settings to other beans, and writes them into the log when the gateway starts. */
@Singleton
public class SettingsProducer {
    private static final Logger LOG = Logger.getLogger(SettingsProducer.class);

    private final ConfigResult.Valid reading;

    SettingsProducer(GatewayConfig config, Config names) {
        this.reading = SettingsGate.pass(config, written(names));
    }

    /** A variable that is set to nothing says nothing. */
    private static List<String> written(Config names) {
        return StreamSupport.stream(names.getPropertyNames().spliterator(), false)
                .filter(name -> !String.valueOf(names.getConfigValue(name).getRawValue())
                        .isBlank())
                .toList();
    }

    @Produces
    @Singleton
    GatewaySettings settings() {
        return reading.settings();
    }

    void announce(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        LOG.infof("Settings: %s", reading.settings());
        reading.warnings().forEach(LOG::warn);
    }
}
