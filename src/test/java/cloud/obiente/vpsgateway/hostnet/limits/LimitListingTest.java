package cloud.obiente.vpsgateway.hostnet.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The text is what nft 1.0.6 prints. */
class LimitListingTest {
    private static final MacAddress ONE = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress TWO = MacAddress.parse("02:00:00:00:00:02");
    private static final String TEXT = """
            table inet vps_gateway_limits {
            \tcounter unknown_dns {
            \t\tpackets 12 bytes 900
            \t}

            \tset known {
            \t\ttype ether_addr
            \t\telements = { 02:00:00:00:00:01,
            \t\t\t     02:00:00:00:00:02 }
            \t}

            \tset rate_dns {
            \t\ttype ether_addr
            \t\tsize 65536
            \t\tflags dynamic,timeout
            \t\ttimeout 1m
            \t\telements = { 02:00:00:00:00:01 limit rate over 200/second burst 1000 packets expires 59s }
            \t}

            \tset dropped_dns {
            \t\ttype ether_addr
            \t\tsize 65536
            \t\tflags dynamic,timeout
            \t\ttimeout 1h
            \t\telements = { 02:00:00:00:00:01 counter packets 300 bytes 18300 expires 59m50s148ms }
            \t}

            \tchain known_dns {
            \t\tupdate @rate_dns { ether saddr limit rate over 200/second burst 1000 packets } drop
            \t}
            }
            """;

    @Test
    void whatPacketsChangeIsApartFromTheRules() {
        LimitListing read = LimitListing.parse(TEXT);

        assertThat(read.known()).containsExactlyInAnyOrder(ONE, TWO);
        assertThat(read.dropped()).containsExactly(Map.entry(LimitKind.DNS, Map.of(ONE, 300L)));
        assertThat(read.unknown()).containsExactly(Map.entry(LimitKind.DNS, 12L));
        assertThat(read.rules())
                .doesNotContain("300")
                .doesNotContain("packets 12")
                .contains("chain known_dns");
    }

    @Test
    void afterMorePacketsTheRulesAreTheSame() {
        String later = TEXT.replace("packets 12 bytes 900", "packets 13 bytes 960")
                .replace("packets 300 bytes 18300 expires 59m50s148ms", "packets 4000 bytes 90 expires 1h")
                .replace("expires 59s", "expires 1m");

        assertThat(LimitListing.parse(later).rules())
                .isEqualTo(LimitListing.parse(TEXT).rules());
    }

    @Property
    void anyTextIsRead(@ForAll String text) {
        assertThatCode(() -> LimitListing.parse(text)).doesNotThrowAnyException();
    }
}
