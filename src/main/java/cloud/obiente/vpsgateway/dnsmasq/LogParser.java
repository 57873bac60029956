package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads dnsmasq's log lines (version 2.86 to 2.91). Total: a line of ordinary work that means nothing to us gives nothing,
 * and one that we do not know a complaint, whatever is in it. Clients can put text of their own into these lines (host names, client ids), but only behind the fields read here.
 */
final class LogParser {
    private static final Pattern PREFIX = Pattern.compile("^dnsmasq(?:-dhcp)?(?:\\[\\d+])?: ");
    private static final Pattern DHCP =
            Pattern.compile("^(DHCPDISCOVER|DHCPREQUEST|DHCPDECLINE)\\([^ )]*\\) (?:(\\d+\\.\\d+\\.\\d+\\.\\d+) )?"
                    + "([0-9a-f]{2}(?::[0-9a-f]{2}){5}) ?(.*)$");

    private static final Pattern TROUBLE =
            Pattern.compile("^(?:failed to (?:create listening socket|bind |load names from )|cannot (?:open|read) )");

    /** The lines of ordinary work, by their first words; some only with log-dhcp, log-queries or after SIGUSR1. */
    private static final Pattern ORDINARY =
            Pattern.compile("^(?:started, version |compile time options: |DNS service limited"
                    + "|warning: no upstream servers configured|DHCP, |read |reading |using |cleared cache|inotify"
                    + "|(?:stopped )?listening on |exiting on receipt of SIGTERM|FAILED to start up|setpriv: |setsid: "
                    + "|DHCP[A-Z]+\\(|BOOTP\\(|DHCP packet received on \\S+ which has no address"
                    + "|\\d+ |query\\[|forwarded |reply |cached |config |/|cache size |queries |pool memory |child processes "
                    + "|server |time |abandoning lease |DHCPv4-derived |asynchronous )");

    private static final Pattern TOO_MANY_QUESTIONS = Pattern.compile("^Maximum number of concurrent DNS queries ");

    private final String hostsRead;
    private final String dhcpHostsRead;

    LogParser(Path hostsFile, Path dhcpHostsFile) {
        this.hostsRead = "read " + hostsFile + " - ";
        this.dhcpHostsRead = "read " + dhcpHostsFile;
    }

    Optional<LogEvent> parse(String line) {
        Matcher prefix = PREFIX.matcher(line);
        String text = prefix.find() ? line.substring(prefix.end()) : line;
        if (text.startsWith(hostsRead)) {
            return Optional.of(new LogEvent.HostsRead());
        }
        if (text.equals(dhcpHostsRead)) {
            return Optional.of(new LogEvent.DhcpHostsRead());
        }
        if (TROUBLE.matcher(text).find()) {
            return Optional.of(new LogEvent.Trouble(DnsmasqFault.ofMessage(text)));
        }
        if (TOO_MANY_QUESTIONS.matcher(text).find()) {
            return Optional.of(new LogEvent.LimitReached(Limit.CONCURRENT_QUESTIONS, text));
        }
        if (text.isBlank() || ORDINARY.matcher(text).find()) {
            return dhcpEvent(text);
        }
        return Optional.of(new LogEvent.Complaint(text));
    }

    private static Optional<LogEvent> dhcpEvent(String text) {
        Matcher dhcp = DHCP.matcher(text);
        if (!dhcp.matches()) {
            return Optional.empty();
        }
        try {
            MacAddress mac = MacAddress.parse(dhcp.group(3));
            if (dhcp.group(1).equals("DHCPDECLINE")) {
                return dhcp.group(2) == null
                        ? Optional.empty()
                        : Optional.of(new LogEvent.Declined(Ipv4Address.parse(dhcp.group(2)), mac));
            }
            return switch (dhcp.group(4)) {
                case "ignored" -> Optional.of(new LogEvent.UnknownClient(mac));
                case "no address available" -> Optional.of(new LogEvent.NoAddress(mac));
                case "no leases left" -> Optional.of(new LogEvent.LimitReached(Limit.LEASES, text));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException notAnAddress) {
            // A forged chaddr such as a multicast address: no reservation can belong to it.
            return Optional.empty();
        }
    }
}
