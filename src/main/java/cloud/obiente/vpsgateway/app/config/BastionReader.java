package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_AUTHORIZED_KEYS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_HOST;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_LOGIN_GRACE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_MAX_CONNECTIONS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_PORT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_BASTION_REST;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_HOST_KEY_FILE;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ssh.bastion.BastionSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Reads the variables about the bastion. */
final class BastionReader {
    private static final DurationRange LOGIN_GRACE = new DurationRange("1s", "10m");
    private static final DurationRange BAN_TIME = new DurationRange("0s", "1d");
    private static final int MAX = 100_000;
    private static final int SHARE_OF_ONE_ADDRESS = 10;

    private final ValueReader values;

    BastionReader(ValueReader values) {
        this.values = values;
    }

    /**
     * Reads all of them, so that slips are found before the port is set.
     *
     * @return empty when there is no port, or a problem anywhere in the configuration so far
     */
    Optional<BastionSettings> read(Optional<Integer> port) {
        Optional<Ipv4Address> host = values.read(GATEWAY_SSH_BASTION_HOST, Ipv4Address::parse);
        Optional<Path> authorizedKeys = values.read(GATEWAY_SSH_AUTHORIZED_KEYS, AbsolutePath::parse);
        Optional<Path> hostKey = values.read(GATEWAY_SSH_HOST_KEY_FILE, AbsolutePath::parse);
        Optional<Integer> connections = values.read(GATEWAY_SSH_BASTION_MAX_CONNECTIONS, SshReader.number(MAX));
        Optional<Integer> unauthenticated = values.read(GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED, SshReader.number(MAX));
        Optional<Duration> loginGrace = values.read(GATEWAY_SSH_BASTION_LOGIN_GRACE, LOGIN_GRACE::parse);
        Optional<Duration> banTime = values.read(GATEWAY_SSH_BASTION_REST, BAN_TIME::parse);
        if (port.isPresent()) {
            check(authorizedKeys);
        }
        if (values.hasProblems() || port.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new BastionSettings(
                host.orElseThrow(),
                port.get(),
                authorizedKeys.orElseThrow(),
                hostKey,
                new BastionSettings.Limits(
                        connections.orElseThrow(),
                        unauthenticated.orElseThrow(),
                        Math.max(1, unauthenticated.orElseThrow() / SHARE_OF_ONE_ADDRESS)),
                loginGrace.orElseThrow(),
                banTime.orElseThrow()));
    }

    private void check(Optional<Path> authorizedKeys) {
        if (values.literal(GATEWAY_SSH_AUTHORIZED_KEYS).isEmpty()) {
            values.note(ConfigError.notSet(
                    GATEWAY_SSH_AUTHORIZED_KEYS,
                    "the file of those who may log in to the bastion; or leave out " + GATEWAY_SSH_BASTION_PORT));
        }
        authorizedKeys
                .filter(file -> !Files.isReadable(file))
                .ifPresent(file -> values.note(new ConfigError(
                        GATEWAY_SSH_AUTHORIZED_KEYS,
                        "'" + file + "' cannot be read (expected: a file that this user can read)")));
    }
}
