package cloud.obiente.vpsgateway.app.config;

import io.quarkus.runtime.Application;
import io.smallrye.config.ConfigSourceContext;
import io.smallrye.config.ConfigSourceContext.ConfigSourceContextConfigSource;
import io.smallrye.config.ConfigSourceFactory;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.config.spi.ConfigSource;

/**
 * Stands where Quarkus puts its configuration together, before it opens a port or creates a bean: refuses bad settings
 * there, and turns good ones into what Quarkus needs to know. Found through {@code META-INF/services}.
 */
public final class SettingsGate implements ConfigSourceFactory {
    /** Above application.yaml (255) and below the environment (300), which can still set a quarkus.* property. */
    private static final int ORDINAL = 270;

    /** Our packages, and what our dnsmasq says. */
    private static final List<String> OUR_CATEGORIES = List.of("cloud.obiente.vpsgateway", "dnsmasq");

    @Override
    public Iterable<ConfigSource> getConfigSources(ConfigSourceContext context) {
        // The build reads the configuration too, on a machine whose environment says nothing about the gateway's.
        if (Application.currentApplication() == null) {
            return List.of();
        }
        GatewaySettings settings = pass(configIn(context), List.of()).settings();
        return List.of(new PropertiesConfigSource(propertiesFor(settings), "gateway settings", ORDINAL));
    }

    /** @throws InvalidConfigException naming all problems, one per line */
    static ConfigResult.Valid pass(GatewayConfig config, Iterable<String> names) {
        ConfigResult reading = SettingsReader.read(variable -> variable.textIn(config), names);
        if (reading instanceof ConfigResult.Invalid refused) {
            throw new InvalidConfigException(refused.message());
        }
        return (ConfigResult.Valid) reading;
    }

    private static GatewayConfig configIn(ConfigSourceContext context) {
        try {
            return new SmallRyeConfigBuilder()
                    .withSources(new ConfigSourceContextConfigSource(context))
                    .withMapping(GatewayConfig.class)
                    .withMappingIgnore("gateway.**")
                    .build()
                    .getConfigMapping(GatewayConfig.class);
        } catch (ConfigValidationException unresolvable) {
            throw new InvalidConfigException(unresolvable.getMessage());
        }
    }

    static Map<String, String> propertiesFor(GatewaySettings settings) {
        Map<String, String> properties = new HashMap<>(Map.of(
                "quarkus.http.host", settings.grpc().host().toString(),
                "quarkus.http.port", Integer.toString(settings.grpc().port()),
                "quarkus.management.host", settings.metrics().host().toString(),
                "quarkus.management.port", Integer.toString(settings.metrics().port()),
                "quarkus.log.level", settings.logLevel().frameworks()));
        OUR_CATEGORIES.forEach(category -> properties.put(
                "quarkus.log.category.\"" + category + "\".level",
                settings.logLevel().name()));
        return properties;
    }
}
