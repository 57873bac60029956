package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFileParser.Parsed;
import cloud.obiente.vpsgateway.dnsmasq.lease.SkippedLine.Kind;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseFileParserTest {
    /** Written by dnsmasq 2.90 serving IPv4 and IPv6, with clients of every kind. */
    private static final String GOLDEN = "/leases/dnsmasq-2.90.leases";

    private static final Optional<Instant> EXPIRY = Optional.of(Instant.ofEpochSecond(1795371816));

    @Test
    void fileOfRealDnsmasqIsUnderstoodLineByLine() throws IOException {
        Parsed parsed = LeaseFileParser.parse(golden());

        assertThat(parsed.leases())
                .containsExactly(
                        lease("02:00:00:00:00:07", "10.15.3.152", "laptop", EXPIRY, "76:70:73:75"),
                        lease("02:00:00:00:00:06", "10.15.3.151", null, EXPIRY, null),
                        lease("02:00:00:00:00:05", "10.15.3.150", null, EXPIRY, null),
                        lease("02:00:00:00:00:03", "10.15.3.22", "vps-3", EXPIRY, "01:02:00:00:00:00:03"),
                        lease("02:00:00:00:00:02", "10.15.3.21", "vps-2", Optional.empty(), null),
                        lease("02:00:00:00:00:01", "10.15.3.20", "vps-1", EXPIRY, null));
        assertThat(parsed.skipped())
                .extracting(SkippedLine::number, SkippedLine::kind)
                .containsExactly(tuple(4, Kind.NOT_ETHERNET), tuple(8, Kind.DHCPV6), tuple(9, Kind.DHCPV6));
        assertThat(parsed.isWellFormed()).isTrue();
    }

    @Test
    void emptyFileHoldsNothing() {
        assertThat(LeaseFileParser.parse("")).isEqualTo(new Parsed(List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1795371816",
                "1795371816 02:00:00:00:00:01 10.15.3.20 vps-1",
                "1795371816 02:00:00:00:00:01 10.15.3.20 vps-1 * *",
                "1795371816  02:00:00:00:00:01 10.15.3.20 vps-1",
                "-1 02:00:00:00:00:01 10.15.3.20 vps-1 *",
                "1795371816000000000 02:00:00:00:00:01 10.15.3.20 vps-1 *",
                "1795371816 02:00:00:00:00 10.15.3.20 vps-1 *",
                "1795371816 ff:ff:ff:ff:ff:ff 10.15.3.20 vps-1 *",
                "1795371816 02:00:00:00:00:01 10.15.3.256 vps-1 *",
                "1795371816 02:00:00:00:00:01 10.15.3.20 vps-1 01:2",
                "1795371816 02:00:00:00:00:01 10.15.3.20 vps-1 *\r"
            })
    void lineThatDnsmasqDoesNotWriteIsMalformed(String line) {
        Parsed parsed = LeaseFileParser.parse(line + "\n");

        assertThat(parsed.leases()).isEmpty();
        assertThat(parsed.skipped()).singleElement().satisfies(skipped -> {
            assertThat(skipped.number()).isEqualTo(1);
            assertThat(skipped.kind()).isEqualTo(Kind.MALFORMED);
            assertThat(skipped.reason()).isNotBlank().doesNotContain("\n", "\r");
        });
        assertThat(parsed.isWellFormed()).isFalse();
    }

    private static Lease lease(String mac, String address, String name, Optional<Instant> expires, String clientId) {
        return new Lease(
                MacAddress.parse(mac),
                Ipv4Address.parse(address),
                Optional.ofNullable(name).map(DnsLabel::parse),
                expires,
                Optional.ofNullable(clientId).map(ClientId::new));
    }

    private static String golden() throws IOException {
        try (InputStream file = LeaseFileParserTest.class.getResourceAsStream(GOLDEN)) {
            return new String(file.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }
}
