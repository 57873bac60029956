package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.DnsLabel;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/** Writes leases as dnsmasq does. */
final class LeaseLines {
    private LeaseLines() {}

    static String of(Lease lease) {
        return String.join(
                        " ",
                        Long.toString(
                                lease.expires().map(Instant::getEpochSecond).orElse(0L)),
                        lease.mac().toString(),
                        lease.address().toString(),
                        lease.hostname().map(DnsLabel::text).orElse("*"),
                        lease.clientId().map(ClientId::text).orElse("*"))
                + "\n";
    }

    static String of(List<Lease> leases) {
        return leases.stream().map(LeaseLines::of).collect(Collectors.joining());
    }
}
