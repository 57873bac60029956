package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** How the gateway is. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "How the running gateway is: health, pool, dnsmasq, links to the API, SSH.",
            "",
            "Exit codes: 0, it serves; 1, it does not, or none runs."
        })
final class StatusCommand extends GatewayQuestion {
    private static final String UP = "UP";

    @Override
    ControlRequest request() {
        return new ControlRequest("status");
    }

    @Override
    void print(Tree status, PrintWriter out) {
        line(
                out,
                "Gateway",
                status.text("version").orElse("?") + ", process " + status.number("pid") + ", up "
                        + Times.lasting(status.number("uptimeSeconds")) + ", mode "
                        + status.text("mode").orElse("?"));
        line(
                out,
                "Serves",
                status.get("dnsmasq").isTrue("serving")
                        ? "yes, on " + status.text("interface").orElse("?")
                        : "no: "
                                + status.get("dnsmasq")
                                        .text("problem")
                                        .orElse("dnsmasq is "
                                                + status.get("dnsmasq")
                                                        .text("phase")
                                                        .orElse("?")));
        Tree pool = status.get("pool");
        line(
                out,
                "Addresses",
                pool.number("private") + " private and " + pool.number("public") + " public held, "
                        + pool.number("available") + " of " + pool.number("size") + " in the pool are free ("
                        + pool.number("resting") + " rest), " + status.number("leases") + " leased");
        line(out, "SSH", status.get("ssh").number("connections") + " sessions");
        line(
                out,
                "Calls",
                "gRPC on " + status.text("grpc").orElse("?") + ", health and metrics on "
                        + status.text("metrics").orElse("?"));
        line(out, "State", status.text("stateDirectory").orElse("?"));
        out.println();
        Table links = new Table("API INSTANCE", "FROM", "VERSION", "SINCE");
        status.rows("api")
                .forEach(link -> links.row(
                        link.text("instance"),
                        link.text("host"),
                        link.text("version"),
                        Times.seconds(link.text("since"))));
        links.print(out, "No API is connected; what is allocated goes on being served.");
        out.println();
        Table checks = new Table("CHECK", "STATE", "WHAT IT SAYS");
        status.get("health")
                .rows("checks")
                .forEach(check -> checks.row(check.text("name"), check.text("status"), said(check)));
        checks.print(out, "The gateway told of no checks.");
    }

    private static void line(PrintWriter out, String name, String text) {
        out.println(" ".repeat(Math.max(0, 9 - name.length())) + name + "  " + EscapedText.singleLine(text));
    }

    /** What went wrong first; numbers are for monitors. */
    private static String said(Tree check) {
        Tree data = check.get("data");
        return data.text("problem")
                .map(problem ->
                        problem + data.text("remedy").map(how -> ": " + how).orElse(""))
                .or(() -> data.text("warning"))
                .or(() -> data.text("remarks"))
                .orElse("");
    }

    @Override
    int exitCode(Tree status) {
        return status.get("health").text("status").filter(UP::equals).isPresent() ? ExitCodes.OK : ExitCodes.BAD_NEWS;
    }
}
