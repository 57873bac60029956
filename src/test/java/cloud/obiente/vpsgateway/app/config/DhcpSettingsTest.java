package cloud.obiente.vpsgateway.app.config;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.dnsmasq.AdvertisedDns;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.DynamicRange;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings.Segment;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.PoolShare;
import cloud.obiente.vpsgateway.net.Subnet;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DhcpSettingsTest {
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.15.0.20");

    @Property(tries = 200)
    void unknownClientsLeaseTheEndOfThisGatewaysShare(
            @ForAll @IntRange(min = 1, max = 6_000) int size,
            @ForAll @IntRange(min = 1, max = 9) int parts,
            @ForAll @IntRange(min = 1, max = 9) int part) {
        Assume.that(part <= parts && parts <= size);
        DhcpSettings settings = serving(size, new PoolShare(part, parts));
        AddressPool pool = settings.addressPool();
        Ipv4Range dynamic = settings.dynamicRange().map(DynamicRange::addresses).orElseThrow();

        assertThat(pool.range().size()).isEqualTo(size);
        assertThat(dynamic.last()).isEqualTo(pool.share().last());
        assertThat(dynamic.first()).isGreaterThanOrEqualTo(pool.share().first());
        assertThat(dynamic.size())
                .isEqualTo(Math.min(1_024, Math.max(1, pool.share().size() / 4)));
    }

    @Test
    void aGatewayWithAShareSaysNoToNobody() {
        assertThat(serving(100, PoolShare.WHOLE).dynamicRange().map(DynamicRange::segment))
                .contains(Segment.OURS_ALONE);
        assertThat(serving(100, new PoolShare(1, 2)).dynamicRange().map(DynamicRange::segment))
                .contains(Segment.SHARED);
    }

    private static DhcpSettings serving(int size, PoolShare share) {
        return new DhcpSettings(
                DhcpMode.FULL,
                new Ipv4Range(FIRST, FIRST.plus(size - 1)),
                share,
                new Subnet(Ipv4Address.parse("10.15.0.0"), 16),
                Ipv4Address.parse("10.15.0.1"),
                new InterfaceName("vmbr1"),
                Optional.empty(),
                List.of(Ipv4Address.parse("1.1.1.1")),
                AdvertisedDns.BOTH,
                DomainName.parse("vps.local"),
                Duration.ofHours(1),
                Path.of("/var/lib/gateway"),
                Duration.ofHours(1),
                UnknownClients.SERVE,
                53);
    }
}
