package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.app.check.Finding;
import cloud.obiente.vpsgateway.app.check.Finding.Level;
import cloud.obiente.vpsgateway.app.check.HostChecks;
import cloud.obiente.vpsgateway.app.config.ConfigResult;
import cloud.obiente.vpsgateway.app.config.SettingsReader;
import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.control.ControlServer;
import cloud.obiente.vpsgateway.control.Json;
import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What can be known before the gateway serves. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Checks the settings and this host: what would keep a gateway from starting or serving, why it matters, and the"
                    + " command that mends it. Changes nothing.",
            "",
            "Settings, state directory and disk, clock, programs and their versions, capabilities, interfaces and addresses,"
                    + " forwarding, other DHCP servers, ports and who has them, upstream DNS. It takes a few seconds. Be the user"
                    + " that the gateway is: its rights are checked, too.",
            "",
            "Exit codes: 0, all is well; 1, there are warnings; 2, it would not start, or not serve (or wrong arguments)."
        })
final class CheckCommand implements Callable<Integer> {
    private static final int NOT_POSSIBLE = 2;

    @Mixin
    private GatewayOptions gateway;

    @Option(names = "--json", description = "Print JSON, for programs.")
    private boolean json;

    @Option(
            names = "--start",
            description =
                    "For a unit's ExecStartPre: print only what is wrong, and fail (2) only for what the start would"
                            + " be refused for. What may come later, such as an interface, does not count.")
    private boolean start;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        EnvironmentOptions environment = gateway.environment();
        ConfigResult written = SettingsReader.read(environment.settings(), environment.written());
        HostChecks checks = new HostChecks();
        List<Finding> findings = start ? checks.ofThisHost(written, false) : checks.ofAll(written, isRunning());
        if (json) {
            printJson(findings);
        } else {
            print(findings, environment.origin());
        }
        return exitCode(findings, start);
    }

    private boolean isRunning() {
        return Files.exists(gateway.stateDirectory().resolve(ControlServer.FILE_NAME))
                && gateway.ask(new ControlRequest("status")).isPresent();
    }

    static int exitCode(List<Finding> findings, boolean start) {
        Level worst =
                findings.stream().map(Finding::level).max(Level::compareTo).orElse(Level.OK);
        if (start) {
            return worst == Level.NO_START ? NOT_POSSIBLE : ExitCodes.OK;
        }
        return switch (worst) {
            case OK -> ExitCodes.OK;
            case WARNING -> ExitCodes.BAD_NEWS;
            case NOT_SERVED, NO_START -> NOT_POSSIBLE;
        };
    }

    private void print(List<Finding> findings, String origin) {
        PrintWriter out = spec.commandLine().getOut();
        if (!start) {
            out.println("Settings from: " + EscapedText.singleLine(origin));
        }
        findings.stream()
                .filter(finding -> !start || finding.level() != Level.OK)
                .forEach(finding -> {
                    out.println(EscapedText.singleLine(String.format(
                            Locale.ROOT, "%-8s %s: %s", word(finding.level()), finding.subject(), finding.what())));
                    if (!finding.why().isEmpty()) {
                        out.println("         why: " + EscapedText.singleLine(finding.why()));
                    }
                    if (!finding.fix().isEmpty()) {
                        out.println("         fix: " + EscapedText.singleLine(finding.fix()));
                    }
                });
        out.flush();
    }

    private static String word(Level level) {
        return switch (level) {
            case OK -> "ok";
            case WARNING -> "WARNING";
            case NOT_SERVED, NO_START -> "ERROR";
        };
    }

    private void printJson(List<Finding> findings) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        try {
            Json.writeIndented(
                    Map.of("findings", findings.stream().map(CheckCommand::row).toList()), text);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        spec.commandLine().getOut().print(text.toString(StandardCharsets.US_ASCII));
        spec.commandLine().getOut().flush();
    }

    private static Map<String, Object> row(Finding finding) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("level", finding.level().name().toLowerCase(Locale.ROOT));
        row.put("subject", finding.subject());
        row.put("what", finding.what());
        row.put("why", finding.why());
        row.put("fix", finding.fix());
        return row;
    }
}
