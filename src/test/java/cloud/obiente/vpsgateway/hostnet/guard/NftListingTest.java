package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import cloud.obiente.vpsgateway.hostnet.guard.NftListing.Offender;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The text is what nft 1.0.6 prints. */
class NftListingTest {
    private static final String TEXT = """
            table inet vps_gateway {
            \tset guarded {
            \t\ttype ipv4_addr
            \t\tsize 1048576
            \t\telements = { 203.0.113.10, 203.0.113.11,
            \t\t\t     203.0.113.12 }
            \t}

            \tset owners {
            \t\ttype ipv4_addr . ether_addr
            \t\tsize 1048576
            \t\telements = { 203.0.113.10 . 02:00:00:00:00:01 }
            \t}

            \tset drops {
            \t\ttype ipv4_addr
            \t\tsize 1048576
            \t\tflags dynamic
            \t\telements = { 203.0.113.10 counter packets 7 bytes 196, 203.0.113.11 }
            \t}

            \tset offenders {
            \t\ttype ipv4_addr . ether_addr
            \t\tsize 4096
            \t\tflags dynamic,timeout
            \t\ttimeout 2m
            \t\telements = { 203.0.113.10 . 02:00:00:00:00:02 expires 1m59s992ms counter packets 7 bytes 196,
            \t\t\t     203.0.113.10 . 00:00:00:00:00:00 expires 1m59s992ms counter packets 1 bytes 28 }
            \t}

            \tchain prerouting {
            \t\ttype filter hook prerouting priority -450; policy accept;
            \t\tip saddr @guarded jump sender
            \t}
            }
            """;
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("203.0.113.10");

    @Test
    void readsElementsOfEachSet() {
        NftListing listing = NftListing.parse(TEXT);

        assertThat(listing.elements("guarded"))
                .containsExactlyInAnyOrder("203.0.113.10", "203.0.113.11", "203.0.113.12");
        assertThat(listing.elements("owners")).containsExactly("203.0.113.10 . 02:00:00:00:00:01");
        assertThat(listing.elements("other")).isEmpty();
    }

    @Test
    void structureIsAllButElements() {
        assertThat(NftListing.parse(TEXT).structure())
                .contains("ip saddr @guarded jump sender", "set owners {", "timeout 2m")
                .doesNotContain("203.0.113");
    }

    @Test
    void readsWhatWasDroppedAndWhoseItWas() {
        NftListing listing = NftListing.parse(TEXT);

        assertThat(listing.drops()).containsOnlyKeys(ADDRESS).containsEntry(ADDRESS, 7L);
        assertThat(listing.offenders())
                .containsEntry(ADDRESS, List.of(new Offender(MacAddress.parse("02:00:00:00:00:02"), 7)));
    }

    @Property
    void takesAnyText(@ForAll String text) {
        assertThatCode(() -> {
                    NftListing listing = NftListing.parse("\tset drops {\n\t\telements = { " + text + " }\n" + text);
                    listing.drops();
                    listing.offenders();
                    listing.structure();
                })
                .doesNotThrowAnyException();
    }
}
