package cloud.obiente.vpsgateway.dnsmasq;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Why dnsmasq does not serve, in words for the operator.
 *
 * @param kind stable; the label of metrics
 * @param message what happened, with dnsmasq's own words where there are some
 */
public record DnsmasqFault(Kind kind, String message) {

    /** Once its log is open, it names itself with its process id. Its DHCP half, which logs clients, has another name. */
    private static final Pattern LAST_WORDS = Pattern.compile("^(?:dnsmasq(?:\\[\\d+])?|setpriv|setsid): ");

    /** Its very last line, behind the one that says why. */
    private static final String FAREWELL = ": FAILED to start up";

    /** Exit codes of processes that a signal has ended begin behind this one. */
    private static final int SIGNALS = 128;

    /** Causes that an operator tells apart, each with what to do about it. */
    public enum Kind {
        NOT_INSTALLED("install dnsmasq (Debian: dnsmasq-base) and util-linux's setpriv"),
        BAD_CONFIG("a directive is not known to this dnsmasq; use version 2.86 or newer"),
        PORT_IN_USE(
                "another DNS or DHCP server runs on this host; stop it (systemd-resolved, libvirt's or a distribution's"
                        + " dnsmasq) or change GATEWAY_DNS_PORT"),
        NO_INTERFACE("create the interface or correct GATEWAY_DHCP_INTERFACE; it is served as soon as it appears"),
        NO_ADDRESS("give the interface an address in the VPS subnet or correct GATEWAY_DHCP_LISTEN_IP"),
        NO_CAPABILITY("run as root, or grant CAP_NET_ADMIN, CAP_NET_BIND_SERVICE and CAP_NET_RAW"),
        LEASE_FILE("make the state directory (GATEWAY_DHCP_LEASES_DIR) writable and free some space"),
        HUNG("dnsmasq gave no DNS answer; it has been restarted"),
        UNREACHABLE(
                "let the gateway's own questions to dnsmasq pass, which come by the loopback interface (lo); it has been"
                        + " restarted, once"),
        UNANSWERED(
                "it has more to do than it can, or hangs; it is restarted once it shows no sign of life. See the metrics"
                        + " and lines about VPSs that flood"),
        SLOW_START("dnsmasq did not read its files in time; it has been restarted"),
        DIED("see the lines of category 'dnsmasq' before this one");

        private final String remedy;

        Kind(String remedy) {
            this.remedy = remedy;
        }

        public String remedy() {
            return remedy;
        }

        /** Lower case, as in metrics. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Message and remedy in one line. */
    public String describe() {
        return message + " (" + kind.remedy() + ")";
    }

    /**
     * Reads the end of a run.
     *
     * @param exitCode as in dnsmasq(8) "EXIT CODES"; 128 + n for signal n
     * @param lastLines the end of its log
     */
    static DnsmasqFault ofExit(int exitCode, List<String> lastLines) {
        String said = lastWords(exitCode, lastLines);
        String message = "dnsmasq ended with code " + exitCode + (said.isEmpty() ? "" : ": " + said);
        return switch (exitCode) {
            case 1 -> new DnsmasqFault(said.startsWith("set") ? Kind.NOT_INSTALLED : Kind.BAD_CONFIG, message);
            case 2 -> new DnsmasqFault(networkKind(said), message);
            case 3 -> new DnsmasqFault(Kind.LEASE_FILE, message);
            // "Miscellaneous", of which a missing capability is one.
            case 5 -> new DnsmasqFault(said.contains("capability") ? Kind.NO_CAPABILITY : Kind.DIED, message);
            case 127 -> new DnsmasqFault(Kind.NOT_INSTALLED, message);
            default -> new DnsmasqFault(Kind.DIED, message);
        };
    }

    /** What it says of its end, before its log is open or after that; nothing where a signal ended it in mid-sentence. */
    private static String lastWords(int exitCode, List<String> lastLines) {
        return lastLines.stream()
                .filter(line -> LAST_WORDS.matcher(line).find() && !line.endsWith(FAREWELL))
                .filter(line -> exitCode < SIGNALS || !line.startsWith("dnsmasq["))
                .reduce((first, last) -> last)
                .orElse("");
    }

    /** Reads a line by which a running dnsmasq complains. */
    static DnsmasqFault ofMessage(String text) {
        if (text.contains("socket") || text.contains("Address already in use")) {
            return new DnsmasqFault(networkKind(text), "dnsmasq: " + text);
        }
        return new DnsmasqFault(Kind.LEASE_FILE, "dnsmasq: " + text);
    }

    private static Kind networkKind(String said) {
        if (said.contains("in use")) {
            return Kind.PORT_IN_USE;
        }
        if (said.contains("unknown interface")) {
            return Kind.NO_INTERFACE;
        }
        if (said.contains("Permission denied") || said.contains("not permitted")) {
            return Kind.NO_CAPABILITY;
        }
        return said.contains("assign requested address") ? Kind.NO_ADDRESS : Kind.DIED;
    }
}
