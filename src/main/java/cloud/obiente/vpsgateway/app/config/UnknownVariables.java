package cloud.obiente.vpsgateway.app.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Finds names that look like ours and are not: mostly slips of the pen, which would otherwise be silently ignored. */
final class UnknownVariables {
    private static final String OURS = "GATEWAY_";
    private static final String NO_EXPIRY =
            "allocations do not expire, they end when the API says so; GATEWAY_RECLAIM_AFTER is for a pool that runs dry";
    private static final String FIXED_TIMES = "the times for questions to the API are fixed, and suit the deployed API";
    private static final Set<String> KNOWN =
            Stream.of(Variable.values()).map(Variable::name).collect(Collectors.toUnmodifiableSet());

    /** LOG_LEVEL in application.yaml, where everything of ours is under "gateway". */
    private static final String LOG_LEVEL_PROPERTY = "GATEWAY_LOG_LEVEL";

    /** Of the gateway that came before this one, with what became of them. */
    private static final Map<String, String> FORMER = Map.of(
            "GATEWAY_UPLINK_INTERFACE",
            "what leaves goes where the default route leads; GATEWAY_OUTBOUND_INTERFACE names another interface",
            "GATEWAY_PUBLIC_IP",
            "GATEWAY_OUTBOUND_IP is the address that what leaves the VPSs' network has",
            "GATEWAY_ALLOCATION_TTL",
            NO_EXPIRY,
            "GATEWAY_ALLOCATION_TTL_SECONDS",
            NO_EXPIRY,
            "GATEWAY_CLIENT_INIT_DELAY",
            "the API connects to this gateway, which waits for nobody at its start",
            "GATEWAY_FIND_VPS_TIMEOUT",
            FIXED_TIMES,
            "GATEWAY_API_CALL_TIMEOUT",
            FIXED_TIMES);

    private UnknownVariables() {}

    /**
     * One sentence for each unknown name, with the nearest known name unless none is near.
     *
     * @param names of environment variables and of properties; {@code gateway.dhcp.pool-start} is
     *     {@code GATEWAY_DHCP_POOL_START} written differently
     */
    static List<String> warningsAbout(Iterable<String> names) {
        return StreamSupport.stream(names.spliterator(), false)
                .map(UnknownVariables::asVariable)
                .filter(name -> name.startsWith(OURS) && !KNOWN.contains(name) && !name.equals(LOG_LEVEL_PROPERTY))
                .distinct()
                .sorted()
                .map(UnknownVariables::warning)
                .toList();
    }

    private static String asVariable(String name) {
        return name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT);
    }

    private static String warning(String name) {
        String former = FORMER.get(name);
        if (former != null) {
            return name + " is a variable of the Go gateway and has no effect: " + former + ".";
        }
        return name + " is not a known variable"
                + nearestTo(name).map(near -> "; did you mean " + near + "?").orElse(".");
    }

    private static Optional<String> nearestTo(String name) {
        return KNOWN.stream()
                .filter(known -> isNear(name, known))
                .min(Comparator.<String>comparingInt(known -> distance(name, known))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** Whether at most a third of the letters differ, those aside that all names share. */
    private static boolean isNear(String name, String known) {
        int letters = Math.max(name.length(), known.length()) - OURS.length();
        return distance(name, known) <= 1 + letters / 3;
    }

    /** Levenshtein's distance: how many letters to add, drop or replace. */
    private static int distance(String from, String to) {
        int[] row = new int[to.length() + 1];
        Arrays.setAll(row, column -> column);
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= to.length(); j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[to.length()];
    }
}
