package cloud.obiente.vpsgateway.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.file.Path;
import org.eclipse.microprofile.config.Config;
import org.junit.jupiter.api.Test;

/** The settings of the test profile, as Quarkus and other beans see them. */
@QuarkusTest
class SettingsProducerTest {
    @Inject
    GatewaySettings settings;

    @Inject
    Config config;

    @Test
    void settingsOfTheProfileCanBeInjected() {
        assertThat(settings.dhcp().mode()).isEqualTo(DhcpMode.DNS_ONLY);
        assertThat(settings.dhcp().stateDirectory())
                .as("below it, where several JVMs run tests")
                .startsWithRaw(Path.of("target/test-state").toAbsolutePath());
    }

    /** Not the ports: in tests Quarkus chooses free ones. */
    @Test
    void quarkusFollowsTheSettings() {
        assertThat(config.getValue("quarkus.http.host", String.class))
                .isEqualTo(settings.grpc().host().toString());
        assertThat(config.getValue("quarkus.management.host", String.class))
                .isEqualTo(settings.metrics().host().toString());
        assertThat(config.getValue("quarkus.log.level", String.class))
                .isEqualTo(settings.logLevel().frameworks());
    }
}
