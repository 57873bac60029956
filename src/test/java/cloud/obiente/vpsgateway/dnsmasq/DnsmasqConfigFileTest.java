package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.DynamicRange;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.Segment;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.Subnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DnsmasqConfigFileTest {

    @Test
    void withoutUnknownClientsAnUnknownNicMeetsSilence() {
        assertThat(lines(Optional.empty()))
                .contains("dhcp-range=10.15.3.0,static,255.255.255.0,3600", "dhcp-ignore=tag:!known")
                .containsOnlyOnce("dhcp-authoritative");
    }

    @Test
    void unknownClientsGetTheirRangeForTheirTimeAndKnownNicsWhatIsReserved() {
        assertThat(lines(Optional.of(dynamicRange(Segment.OURS_ALONE))))
                .contains(
                        "dhcp-range=tag:known,10.15.3.0,static,255.255.255.0,3600",
                        "dhcp-range=tag:!known,10.15.3.240,10.15.3.250,255.255.255.0,120",
                        "dhcp-authoritative")
                .noneMatch(line -> line.startsWith("dhcp-ignore="));
    }

    @Test
    void onASharedSegmentNobodyIsRefused() {
        assertThat(lines(Optional.of(dynamicRange(Segment.SHARED)))).doesNotContain("dhcp-authoritative");
    }

    private static DynamicRange dynamicRange(Segment segment) {
        return new DynamicRange(
                new Ipv4Range(address("10.15.3.240"), address("10.15.3.250")), Duration.ofMinutes(2), segment);
    }

    private static List<String> lines(Optional<DynamicRange> dynamicRange) {
        DnsmasqSettings settings = new DnsmasqSettings(
                Path.of("/state"),
                DhcpMode.FULL,
                new InterfaceName("eth0"),
                Optional.empty(),
                53,
                new Subnet(address("10.15.3.0"), 24),
                address("10.15.3.1"),
                List.of(address("1.1.1.1")),
                AdvertisedDns.GATEWAY,
                DomainName.parse("vps.local"),
                Duration.ofHours(1),
                dynamicRange,
                Path.of("/memory/dnsmasq.leases"));
        return DnsmasqConfigFile.render(settings, DnsmasqConfigFile.Runner.ROOT, true)
                .lines()
                .toList();
    }

    private static Ipv4Address address(String text) {
        return Ipv4Address.parse(text);
    }
}
