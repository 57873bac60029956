package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.app.config.SettingsListing;
import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The settings in effect. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "The settings of the running gateway, and whether each was set or is the default; where none runs, those that it"
                    + " would be started with. The secret is hidden.",
            "",
            "What each means: docs/configuration.md."
        })
final class ConfigCommand extends GatewayQuestion {
    @Option(names = "--changed", description = "Only those that are set.")
    private boolean changed;

    @Override
    ControlRequest request() {
        return new ControlRequest("config");
    }

    @Override
    Object fromFiles(OfflineState files) {
        EnvironmentOptions environment = gateway().environment();
        return Map.of("settings", SettingsListing.of(environment.settings(), environment.origin()));
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table table = new Table("SETTING", "VALUE", "ORIGIN");
        answer.rows("settings").stream()
                .filter(setting ->
                        !changed || !setting.text("origin").orElse("").equals(SettingsListing.DEFAULT))
                .forEach(setting -> table.row(
                        setting.text("name"),
                        setting.text("value").or(() -> setting.text("note").map(note -> "(" + note + ")")),
                        setting.text("origin")));
        table.print(out, "Nothing is set.");
    }
}
