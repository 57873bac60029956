package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Who holds which address. */
@Command(
        name = "ips",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "Who holds which address.",
            "",
            "SEEN is when the VPS was last seen using it (to within an hour), LEASE until when it has fetched it."
        })
final class IpsCommand extends GatewayQuestion {
    @Override
    ControlRequest request() {
        return new ControlRequest("ips");
    }

    @Override
    Object fromFiles(OfflineState files) {
        return files.ips();
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table table = new Table("ADDRESS", "VPS", "ORGANIZATION", "MAC", "KIND", "SINCE", "ORIGIN", "SEEN", "LEASE");
        answer.rows("ips")
                .forEach(held -> table.row(
                        held.text("address"),
                        held.text("vps"),
                        held.text("organization"),
                        held.text("mac"),
                        held.text("kind"),
                        Times.seconds(held.text("allocatedAt")),
                        held.text("origin"),
                        Times.seconds(held.text("seenAt")),
                        Times.seconds(held.text("leaseExpires"))));
        table.print(out, "Nobody holds an address.");
    }
}
