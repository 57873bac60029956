package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;

/**
 * Where the default route leads, as the kernel tells in {@code /proc/net/route}: reading it costs so little that it can be
 * checked every second, and no child process has to be watched for changes. Blocks; stateless.
 */
record DefaultRoute(Path routes) {
    private static final String ANY = "00000000";
    private static final int UP = 0x1;
    private static final int REJECT = 0x200;

    /** Columns of the file: Iface, Destination, Gateway, Flags, RefCnt, Use, Metric, Mask … */
    private record Route(InterfaceName out, int metric) {
        static Optional<Route> parse(String line) {
            String[] fields = line.strip().split("\\s+");
            if (fields.length < 8 || !fields[1].equals(ANY) || !fields[7].equals(ANY)) {
                return Optional.empty();
            }
            try {
                int flags = Integer.parseInt(fields[3], 16);
                boolean leadsSomewhere = (flags & UP) != 0 && (flags & REJECT) == 0;
                return leadsSomewhere
                        ? Optional.of(new Route(new InterfaceName(fields[0]), Integer.parseUnsignedInt(fields[6])))
                        : Optional.empty();
            } catch (InvalidValueException | NumberFormatException notOfThisForm) {
                return Optional.empty();
            }
        }
    }

    /** The interface of the default route with the lowest metric; empty when there is none, or the kernel does not tell. */
    Optional<InterfaceName> out() {
        try {
            return parse(Files.readString(routes, StandardCharsets.ISO_8859_1));
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    static Optional<InterfaceName> parse(String table) {
        return table.lines()
                .map(Route::parse)
                .flatMap(Optional::stream)
                .min(Comparator.comparing(Route::metric, Integer::compareUnsigned))
                .map(Route::out);
    }
}
