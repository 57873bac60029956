package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlClient;
import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.control.RefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which gateway a command is about: the one whose state directory it is. */
final class GatewayOptions {
    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "The gateway's state directory. Default: GATEWAY_DHCP_LEASES_DIR, or"
                    + " /var/lib/obiente/vps-gateway.")
    private Optional<Path> stateDirectory = Optional.empty();

    @Mixin
    private EnvironmentOptions environment;

    Path stateDirectory() {
        return stateDirectory.orElseGet(environment::stateDirectory).toAbsolutePath();
    }

    EnvironmentOptions environment() {
        return environment;
    }

    /**
     * Asks the gateway.
     *
     * @return its answer; empty when none runs there
     * @throws CommandFailedException when it cannot be asked, or says no
     */
    Optional<Object> ask(ControlRequest request) {
        Path directory = stateDirectory();
        ControlClient client = new ControlClient(directory);
        try {
            return Optional.of(client.ask(request));
        } catch (ControlClient.NotRunningException none) {
            requireReadable(directory);
            return Optional.empty();
        } catch (RefusedException refused) {
            throw new CommandFailedException(
                    refused.getMessage(),
                    refused.kind() == RefusedException.Kind.INVALID ? ExitCodes.WRONG_ARGUMENTS : ExitCodes.BAD_NEWS);
        } catch (IOException fault) {
            throw new CommandFailedException("the gateway of " + directory + " cannot be asked (" + fault.getMessage()
                    + "); be root, or the gateway's own user");
        }
    }

    /** Otherwise a directory that must not be looked into would pass for one without a gateway. */
    private static void requireReadable(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw new CommandFailedException("there is no state directory " + directory
                    + ", so no gateway has run with it; name another with --state-dir");
        }
        if (!Files.isReadable(directory) || !Files.isExecutable(directory)) {
            throw new CommandFailedException(
                    "the state directory " + directory + " cannot be read; be root, or the gateway's own user");
        }
    }
}
