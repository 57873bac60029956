package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Who did what. */
@Command(
        name = "events",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "The history of addresses: who did what, and when; the newest first.",
            "",
            "It is kept for GATEWAY_EVENT_DAYS."
        })
final class EventsCommand extends GatewayQuestion {
    @Option(names = "--vps", paramLabel = "ID", description = "Only what happened to this VPS.")
    private Optional<String> vps = Optional.empty();

    @Option(names = "--about", paramLabel = "ADDRESS", description = "Only about this IP or MAC address.")
    private Optional<String> about = Optional.empty();

    @Option(names = "--since", paramLabel = "TIME", description = "Only from then on, such as 2026-01-31T12:00:00Z.")
    private Optional<String> since = Optional.empty();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "ROWS",
            defaultValue = "50",
            description = "At most so many; default: ${DEFAULT-VALUE}, at most 10000.")
    private String limit;

    @Override
    ControlRequest request() {
        return new ControlRequest("events")
                .with("vps", vps)
                .with("about", about.map(text -> text.toLowerCase(Locale.ROOT)))
                .with("since", since)
                .with("limit", Optional.of(limit));
    }

    @Override
    Object fromFiles(OfflineState files) {
        return files.events(request());
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table table = new Table("AT", "WHO", "ACTION", "VPS", "ADDRESS", "MAC", "DETAIL");
        answer.rows("events")
                .forEach(event -> table.row(
                        Times.seconds(event.text("at")),
                        event.text("caller"),
                        event.text("action"),
                        event.text("vps"),
                        event.text("address"),
                        event.text("mac"),
                        event.text("detail")));
        table.print(out, "Nothing of the kind has happened.");
    }
}
