package cloud.obiente.vpsgateway.hostnet.watch;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rule has come into a chain of nftables or gone from it, by itself or with its chain, its table or everything.
 *
 * @param table family and name, as nft commands name it
 */
public record RuleChange(String table, String chain) {
    /** A verb, what it was done to, and where; the rest is the rule or its handle (nft(8), "MONITOR"). */
    private static final Pattern LINE = Pattern.compile("\\S+ rule (\\S+ \\S+) (\\S+)(?: .*)?");

    /**
     * Reads a line of {@code nft monitor rules}.
     *
     * @return empty for any other line, as that by which nft says that it has lost some
     */
    static Optional<RuleChange> parse(String line) {
        Matcher read = LINE.matcher(line);
        return read.matches() ? Optional.of(new RuleChange(read.group(1), read.group(2))) : Optional.empty();
    }
}
