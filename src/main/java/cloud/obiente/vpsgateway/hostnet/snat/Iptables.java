package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import java.io.IOException;
import java.util.List;

/**
 * The table nat, by iptables in one of its variants; iptables(8), iptables-restore(8). Blocks; stateless.
 *
 * @param suffix of the program's name: empty for the one that this host uses
 */
record Iptables(HostTools tools, String suffix) {

    /** The two kinds of tables that a kernel may have at once, each with its own program. */
    enum Backend {
        NFT("-nft"),
        LEGACY("-legacy");

        private final String suffix;

        Backend(String suffix) {
            this.suffix = suffix;
        }

        Backend other() {
            return this == NFT ? LEGACY : NFT;
        }
    }

    /** The program that other programs of this host use, too. */
    static Iptables detect(HostTools tools) {
        return new Iptables(tools, "");
    }

    static Iptables of(Backend backend, HostTools tools) {
        return new Iptables(tools, backend.suffix);
    }

    /** @throws SnatFailedException when the program is not there */
    Backend backend() throws SnatFailedException {
        // Versions before 1.8 know one backend, and do not name it.
        return run(List.of("iptables" + suffix, "--version"), "").output().contains("nf_tables")
                ? Backend.NFT
                : Backend.LEGACY;
    }

    NatTable list() throws SnatFailedException {
        return NatTable.parse(
                run(List.of("iptables" + suffix, "-w", "-t", "nat", "-S"), "").output());
    }

    /** All or nothing; chains that the text does not name stay as they are. */
    void restore(String text) throws SnatFailedException {
        run(List.of("iptables" + suffix + "-restore", "-w", "--noflush"), text);
    }

    private ToolResult run(List<String> command, String input) throws SnatFailedException {
        ToolResult result;
        try {
            result = tools.run(command, input);
        } catch (IOException e) {
            throw new SnatFailedException(e.getMessage());
        }
        if (!result.succeeded()) {
            throw new SnatFailedException(result.complaint() + remedy(result));
        }
        return result;
    }

    private static String remedy(ToolResult result) {
        if (result.missing()) {
            return " (install the package iptables)";
        }
        String said = result.errors();
        if (said.contains("lock file")) {
            return " (the legacy variant needs root; run as root, or let iptables be iptables-nft)";
        }
        return said.contains("ermission denied") ? " (run as root, or with CAP_NET_ADMIN and CAP_NET_RAW)" : "";
    }
}
