package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** nft(8), with its complaints turned into what an operator can do. Blocks. */
final class NftCommand {
    private static final Logger LOG = Logger.getLogger(NftCommand.class);

    private final HostTools tools;

    NftCommand(HostTools tools) {
        this.tools = tools;
    }

    /** Runs a script as one transaction. */
    void apply(String script) throws GuardFailedException {
        ToolResult result = run(List.of("nft", "-f", "-"), script);
        if (!result.succeeded()) {
            throw failure(result);
        }
    }

    /** Those of our tables that are there; none where nft is missing or may not tell. */
    Set<NftTable> present() throws GuardFailedException {
        ToolResult result = run(List.of("nft", "-f", "-"), "list tables\n");
        if (!result.succeeded()) {
            LOG.debugf("cannot search for tables of an earlier run: %s", result.complaint());
        }
        Set<String> tables = result.output().lines().map(String::strip).collect(Collectors.toSet());
        return Stream.of(NftTable.values())
                .filter(table -> tables.contains("table " + table.text()))
                .collect(Collectors.toSet());
    }

    /** Removes a table of which we have no use; one that cannot be removed is told of, and stays. */
    void delete(NftTable table) throws GuardFailedException {
        ToolResult result = run(List.of("nft", "-f", "-"), "delete table " + table.text() + "\n");
        if (result.succeeded()) {
            LOG.infof("removed table %s, which is stale", table.text());
        } else {
            LOG.warnf(
                    "table %s is stale and still enforced, but cannot be removed: %s",
                    table.text(), result.complaint());
        }
    }

    /** @return empty when there is no such table */
    Optional<NftListing> list(NftTable table) throws GuardFailedException {
        ToolResult result = run(List.of("nft", "-f", "-"), "list table " + table.text() + "\n");
        if (result.succeeded()) {
            return Optional.of(NftListing.parse(result.output()));
        }
        if (result.errors().contains("No such file or directory")) {
            return Optional.empty();
        }
        throw failure(result);
    }

    private ToolResult run(List<String> command, String input) throws GuardFailedException {
        try {
            return tools.run(command, input);
        } catch (IOException e) {
            throw new GuardFailedException("addresses cannot be guarded: " + e.getMessage(), e);
        }
    }

    private static GuardFailedException failure(ToolResult result) {
        return new GuardFailedException(
                String.format(Locale.ROOT, "addresses cannot be guarded: %s (%s)", result.complaint(), remedy(result)));
    }

    private static String remedy(ToolResult result) {
        if (result.missing()) {
            return "install nftables";
        }
        if (result.errors().contains("not permitted") || result.errors().contains("must be root")) {
            return "run as root, or grant CAP_NET_ADMIN";
        }
        return "nftables 1.0 or newer and a kernel with nf_tables are needed; for GATEWAY_GUARD_BRIDGE, one with the bridge"
                + " family";
    }
}
