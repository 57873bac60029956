package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.grpc.ApiSecret;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The secret that callers present.
 *
 * @param current as it was when the settings were read
 * @param file where to look for a newer one; empty when it was given inline
 * @param rule what a newer one has to obey
 * @param overlap how long a replaced secret is still accepted
 */
public record ApiSecretSettings(ApiSecret current, Optional<Path> file, ApiSecret.Rule rule, Duration overlap) {}
