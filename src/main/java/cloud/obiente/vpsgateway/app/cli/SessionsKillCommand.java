package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Ends an SSH session. */
@Command(
        name = "kill",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Ends one SSH session at once. Both sides see that the connection is closed, and the record says who did it.",
            "",
            "Whoever may log in can come again. Exit codes: 0, it has ended; 1, there is none of that number."
        })
final class SessionsKillCommand extends GatewayQuestion {
    @Parameters(paramLabel = "ID", description = "Its number, as 'vps-gateway sessions' shows it.")
    private String id;

    @Override
    ControlRequest request() {
        return new ControlRequest("kill").with("id", Optional.of(id));
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Tree session = answer.get("killed");
        Table table = new Table("ENDED", "WHO", "TARGET", "VPS", "LASTED");
        table.row(
                session.text("id"),
                session.text("caller"),
                session.text("target"),
                session.text("vps"),
                Times.lasting(session.number("seconds")));
        table.print(out, "");
    }
}
