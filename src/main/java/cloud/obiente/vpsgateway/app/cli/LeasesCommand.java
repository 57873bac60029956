package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.ControlRequest;
import java.io.PrintWriter;
import picocli.CommandLine.Command;

/** Who has fetched an address by DHCP. */
@Command(
        name = "leases",
        mixinStandardHelpOptions = true,
        versionProvider = ProgramVersion.class,
        description = {
            "The DHCP leases: who has fetched which address, and until when.",
            "",
            "HOLDER is the VPS that holds the address here, and whether it is its MAC address that has leased it."
        })
final class LeasesCommand extends GatewayQuestion {
    @Override
    ControlRequest request() {
        return new ControlRequest("leases");
    }

    @Override
    Object fromFiles(OfflineState files) {
        return files.leases();
    }

    @Override
    void print(Tree answer, PrintWriter out) {
        Table table = new Table("ADDRESS", "MAC", "HOLDER", "NAME", "EXPIRES");
        answer.rows("leases")
                .forEach(lease -> table.row(
                        lease.text("address"), lease.text("mac"), holder(lease), lease.text("name"), expires(lease)));
        table.print(out, "Nobody has leased an address.");
    }

    private static String holder(Tree lease) {
        String vps = lease.text("vps").orElse("nobody");
        return lease.text("isHolder").filter("false"::equals).isPresent() ? vps + " (by another MAC)" : vps;
    }

    private static String expires(Tree lease) {
        String end = Times.seconds(lease.text("expires")).orElse("never");
        return lease.isTrue("live") ? end : end + " (over)";
    }
}
