package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;

/**
 * What dnsmasq complains of while it goes on: lines that are no news of ordinary work, and limits that it has reached. They
 * reach our log, at a limited rate, and the meters. Owns which limits were reached lately. Confined to the supervisor thread.
 */
final class Complaints {
    private static final Logger LOG = Logger.getLogger(Complaints.class);
    /** For how long a limit that was reached is shown. */
    private static final Duration REMEMBERED = Duration.ofMinutes(5);

    private static final Pattern NUMBERS = Pattern.compile("[0-9a-fA-F:.#]*[0-9][0-9a-fA-F:.#]*");
    private static final int MAX_SHOWN = 300;
    private static final int WORDS_OF_A_KIND = 4;
    private static final Pattern UNPRINTABLE = Pattern.compile("[^ -~]");

    private record Reached(long atNanos, String text) {}

    private final DnsmasqListener listener;
    private final WarningLimit warnings;
    private final Map<Limit, Reached> reached = new EnumMap<>(Limit.class);

    Complaints(DnsmasqListener listener, WarningLimit warnings) {
        this.listener = listener;
        this.warnings = warnings;
    }

    /** @param text a line of dnsmasq's; VPSs may have put in words of theirs */
    void heard(String text, long now) {
        listener.complained();
        warn("complaint " + kind(text), "dnsmasq: " + printable(text), now);
    }

    void heard(Limit limit, String text, long now) {
        listener.limitReached(limit);
        reached.put(limit, new Reached(now, printable(text)));
        warn("limit " + limit, "dnsmasq has reached its limit of " + limit.noun() + ": " + printable(text), now);
    }

    void declined(Ipv4Address address, MacAddress mac, long now) {
        listener.declined(address, mac);
        warn(
                "decline " + mac,
                "DHCPDECLINE for " + address + " from " + mac
                        + " (may be forged); reloading dnsmasq, which would withhold" + " the address",
                now);
    }

    private void warn(String key, String text, long now) {
        OptionalLong leftOut = warnings.admit(key, now);
        if (leftOut.isPresent()) {
            LOG.warn(
                    leftOut.getAsLong() == 0
                            ? text
                            : text + " (and " + leftOut.getAsLong() + " like it since the last such line)");
        }
    }

    /** Limits that were reached lately, for people. */
    List<String> remarks(long now) {
        reached.values().removeIf(last -> now - last.atNanos() > REMEMBERED.toNanos());
        return reached.entrySet().stream()
                .map(entry -> "dnsmasq has reached its limit of "
                        + entry.getKey().noun() + " within the last " + REMEMBERED.toMinutes() + " min: "
                        + entry.getValue().text())
                .toList();
    }

    /** The same for lines that differ in numbers and names only, of which VPSs can invent any number. */
    private static String kind(String text) {
        String[] words = NUMBERS.matcher(text).replaceAll("0").split(" ", WORDS_OF_A_KIND + 1);
        return String.join(" ", List.of(words).subList(0, Math.min(words.length, WORDS_OF_A_KIND)));
    }

    private static String printable(String text) {
        String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
        return UNPRINTABLE.matcher(shown).replaceAll("?");
    }
}
