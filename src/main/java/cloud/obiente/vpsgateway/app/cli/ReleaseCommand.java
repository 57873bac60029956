package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Takes the private address from a VPS. */
@Command(
        name = "release",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Takes the private address from a VPS, as the API would by ReleaseIP: its reservation, name and lease end. For a"
                    + " VPS that is gone, and that the API does not release.",
            "",
            "While the API still names the VPS, its next list gives it an address again. The history ('vps-gateway events')"
                    + " says who did it. Exit codes: 0, released; 1, it has no such address."
        })
final class ReleaseCommand extends GatewayQuestion {
    @Parameters(paramLabel = "VPS", description = "Its id.")
    private String vps;

    @Option(
            names = "--address",
            paramLabel = "ADDRESS",
            description = "Only if this is the address that it has; so nothing that has changed meanwhile is released.")
    private Optional<String> address = Optional.empty();

    @Override
    ControlRequest request() {
        return new ControlRequest("release").with("vps", Optional.of(vps)).with("address", address);
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        answer.rows("released")
                .forEach(released -> out.println("released " + released + " of "
                        + EscapedText.singleLine(answer.text("vps").orElse(""))));
        answer.text("notConfirmed")
                .ifPresent(why -> out.println("not in effect yet, and being retried: " + EscapedText.singleLine(why)));
    }
}
