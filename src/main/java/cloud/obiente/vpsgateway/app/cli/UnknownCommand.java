package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** MACs without an address here. */
@Command(
        name = "unknown",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "MAC addresses that have asked for an address since the gateway was started and have none here, those that asked"
                    + " last first, with what the API says of them.",
            "",
            "VPSs can make up MAC addresses; the last 10000 are remembered."
        })
final class UnknownCommand extends GatewayQuestion {
    @Override
    ControlRequest request() {
        return new ControlRequest("unknown");
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table table = new Table("MAC", "LAST ASKED", "THE API SAYS");
        answer.rows("unknown")
                .forEach(mac -> table.row(mac.text("mac"), Times.seconds(mac.text("lastAsked")), mac.text("api")));
        table.print(out, "No unknown MAC address has asked for an address.");
    }
}
