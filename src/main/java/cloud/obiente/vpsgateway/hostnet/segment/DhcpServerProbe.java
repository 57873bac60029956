package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** One search for DHCP servers while no gateway runs. Blocks for as long as it listens; stateless. */
public final class DhcpServerProbe {
    private DhcpServerProbe() {}

    /**
     * What came of it.
     *
     * @param servers that have offered an address to a MAC address that nobody has
     * @param notChecked why nobody could be asked
     */
    public record Answer(List<Ipv4Address> servers, Optional<String> notChecked) {}

    /**
     * Asks as a gateway does, and so is taken for one by other gateways.
     *
     * @param ownAddresses of the interface, in the VPSs' subnet; the first one asks
     * @param pool from which this gateway will choose
     */
    public static Answer ask(
            InterfaceName name, Supplier<List<Ipv4Address>> ownAddresses, Ipv4Range pool, Duration listening) {
        SecureRandom random = new SecureRandom();
        DhcpServerSearch.SearchResult found = new DhcpServerSearch(
                        new SegmentInterface(name, ownAddresses), ProbeMac.of(pool, random), listening, random)
                .search();
        return new Answer(
                found.offers().stream().map(DhcpOffer::server).distinct().toList(), found.notChecked());
    }
}
