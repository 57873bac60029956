package cloud.obiente.vpsgateway.app.config;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** An environment as an operator would write it, read through SmallRye as in production. */
final class WrittenConfig {
    static final String GOOD_SECRET = "a-good-secret-of-some-length";

    private final Map<String, String> environment = new LinkedHashMap<>();

    static WrittenConfig empty() {
        return new WrittenConfig();
    }

    /** The least that is accepted. */
    static WrittenConfig minimal() {
        return empty().with("GATEWAY_API_SECRET", GOOD_SECRET)
                .with("GATEWAY_DHCP_POOL_START", "10.15.3.20")
                .with("GATEWAY_DHCP_POOL_END", "10.15.3.199")
                .with("GATEWAY_DHCP_SUBNET_MASK", "255.255.255.0")
                .with("GATEWAY_DHCP_GATEWAY", "10.15.3.1")
                .with("GATEWAY_DHCP_INTERFACE", "vmbr1");
    }

    WrittenConfig with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    WrittenConfig without(String name) {
        environment.remove(name);
        return this;
    }

    ConfigResult read() {
        GatewayConfig config = config();
        return SettingsReader.read(variable -> variable.textIn(config), environment.keySet());
    }

    GatewaySettings settings() {
        return accepted().settings();
    }

    ConfigResult.Valid accepted() {
        if (read() instanceof ConfigResult.Valid accepted) {
            return accepted;
        }
        throw new AssertionError("refused: " + refusal());
    }

    /** The message of the refusal; the settings' text when there was none. */
    String refusal() {
        ConfigResult reading = read();
        return reading instanceof ConfigResult.Invalid refused ? refused.message() : reading.toString();
    }

    GatewayConfig config() {
        return new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withInterceptorFactories(new LiteralValues())
                .withSources(new EnvConfigSource(environment, 300))
                .withSources(new PropertiesConfigSource(Map.of("gateway.log-level", "${LOG_LEVEL:}"), "yaml", 255))
                .withMapping(GatewayConfig.class)
                .withMappingIgnore("gateway.**")
                .build()
                .getConfigMapping(GatewayConfig.class);
    }
}
