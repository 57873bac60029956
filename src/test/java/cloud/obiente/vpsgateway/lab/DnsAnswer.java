package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a DNS server said.
 *
 * @param status NOERROR, NXDOMAIN, REFUSED ..., or {@link #SILENCE}
 * @param addresses the A records, in the order given
 */
public record DnsAnswer(String status, List<Ipv4Address> addresses) {
    /** No answer. */
    public static final String SILENCE = "SILENCE";

    private static final Pattern STATUS = Pattern.compile("status: ([A-Z]+)");
    private static final Pattern RECORD = Pattern.compile("(?m)^\\S+\\s+\\d+\\s+IN\\s+A\\s+(\\S+)$");

    static DnsAnswer parse(Command.Result dig) {
        Matcher status = STATUS.matcher(dig.output());
        return new DnsAnswer(
                status.find() ? status.group(1) : SILENCE,
                RECORD.matcher(dig.output())
                        .results()
                        .map(found -> Ipv4Address.parse(found.group(1)))
                        .toList());
    }
}
