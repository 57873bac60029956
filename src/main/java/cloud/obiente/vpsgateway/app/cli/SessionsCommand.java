package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who is, and was, connected to VPSs by SSH. */
@Command(
        name = "sessions",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "SSH sessions: those that go on, and the last ones that have ended.",
            "",
            "Records are kept for GATEWAY_SSH_RECORD_DAYS."
        },
        subcommands = SessionsKillCommand.class)
final class SessionsCommand extends GatewayQuestion {
    @Option(names = "--vps", paramLabel = "ID", description = "Of those that have ended, only this VPS's.")
    private Optional<String> vps = Optional.empty();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "ROWS",
            defaultValue = "20",
            description = "At most so many that have ended; default: ${DEFAULT-VALUE}, at most 10000.")
    private String limit;

    @Override
    ControlRequest request() {
        return new ControlRequest("sessions").with("vps", vps).with("limit", Optional.of(limit));
    }

    @Override
    Object fromFiles(OfflineState files) {
        return files.sessions(request());
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table live = new Table("ID", "SINCE", "WHO", "TARGET", "VPS", "STATE", "IN", "OUT", "LASTS");
        answer.rows("live")
                .forEach(session -> live.row(
                        session.text("id"),
                        Times.seconds(session.text("began")),
                        session.text("caller"),
                        session.text("target"),
                        session.text("vps"),
                        session.text("state"),
                        session.text("bytesIn"),
                        session.text("bytesOut"),
                        Times.lasting(session.number("seconds"))));
        live.print(out, "No session goes on.");
        out.println();
        Table ended = new Table("BEGAN", "WHO", "TARGET", "VPS", "IN", "OUT", "LASTED", "END");
        answer.rows("ended")
                .forEach(session -> ended.row(
                        Times.seconds(session.text("began")),
                        session.text("caller"),
                        session.text("target"),
                        session.text("vps"),
                        session.text("bytesIn"),
                        session.text("bytesOut"),
                        Times.lasting(session.number("seconds")),
                        session.text("reason")));
        ended.print(out, "None that has ended is on record.");
    }
}
