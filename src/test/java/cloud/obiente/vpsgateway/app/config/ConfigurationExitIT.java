package cloud.obiente.vpsgateway.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the packaged gateway as its operator would. */
class ConfigurationExitIT {
    private static final Path PACKAGE = Path.of("target/quarkus-app/quarkus-run.jar");

    @TempDir
    private Path directory;

    @Test
    void badConfigurationEndsTheStartWithCode78AndAllProblems() throws Exception {
        Path state = directory.resolve("state");
        Exit exit = start(Map.of(
                "GATEWAY_GRPC_PORT", "abc",
                "GATEWAY_METRICS_PORT", "70000",
                "GATEWAY_DHCP_POOL_START", "10.15.4.20",
                "GATEWAY_DHCP_POOL_END", "10.15.3.199",
                "GATEWAY_DHCP_SUBNET_MASK", "24",
                "GATEWAY_DHCP_GATEWAY", "10.15.3.1",
                "GATEWAY_DHCP_LEASES_DIR", state.toString(),
                "GATEWAY_DHCP_DOMAIN", "${nowhere}",
                "LOG_LEVEL", "loud"));

        assertThat(exit.code()).isEqualTo(78);
        assertThat(exit.errors().lines())
                .extracting(line -> line.replaceFirst(" \\(expected: .+\\)$", ""))
                .containsExactly(
                        "GATEWAY_API_SECRET not set",
                        "GATEWAY_GRPC_PORT: 'abc' is not valid",
                        "GATEWAY_METRICS_PORT: '70000' is not valid",
                        "GATEWAY_DHCP_POOL_START: '10.15.4.20' is outside of 10.15.3.0/24",
                        "GATEWAY_DHCP_POOL_END: '10.15.3.199' is before GATEWAY_DHCP_POOL_START '10.15.4.20'",
                        "GATEWAY_DHCP_INTERFACE not set",
                        "GATEWAY_DHCP_DOMAIN: '${nowhere}' is not valid",
                        "LOG_LEVEL: 'loud' is not valid");
        assertThat(exit.output()).isEmpty();
        assertThat(state).doesNotExist();
    }

    private Exit start(Map<String, String> environment) throws IOException, InterruptedException {
        Path output = directory.resolve("stdout");
        Path errors = directory.resolve("stderr");
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(
                        java, "-jar", PACKAGE.toAbsolutePath().toString())
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
            return new Exit(process.exitValue(), read(output), read(errors));
        } finally {
            process.destroyForcibly();
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private record Exit(int code, String output, String errors) {}
}
