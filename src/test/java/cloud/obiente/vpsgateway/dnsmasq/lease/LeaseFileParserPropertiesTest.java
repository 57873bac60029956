package cloud.obiente.vpsgateway.dnsmasq.lease;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFileParser.Parsed;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;

class LeaseFileParserPropertiesTest {
    private static final long MULTICAST = 1L << 40;

    @Property
    void leasesAreReadAsTheyWereWritten(@ForAll("files") List<Lease> leases) {
        assertThat(LeaseFileParser.parse(LeaseLines.of(leases))).isEqualTo(new Parsed(leases, List.of()));
    }

    @Property
    void everyTextHasAMeaningForEachOfItsLines(@ForAll("texts") String text) {
        Parsed parsed = LeaseFileParser.parse(text);

        long lines = text.chars().filter(c -> c == '\n').count() + (text.isEmpty() || text.endsWith("\n") ? 0 : 1);
        assertThat((long) parsed.leases().size() + parsed.skipped().size()).isEqualTo(lines);
        assertThat(parsed.skipped()).extracting(SkippedLine::number).isSorted().doesNotHaveDuplicates();
    }

    @Property
    void fileCutAnywhereGivesTheLeasesOfItsWholeLines(
            @ForAll("files") List<Lease> leases, @ForAll @DoubleRange(max = 1) double where) {
        String text = LeaseLines.of(leases);
        int cut = (int) (where * text.length());
        int wholeLines =
                (int) text.substring(0, cut).chars().filter(c -> c == '\n').count();

        Parsed parsed = LeaseFileParser.parse(text.substring(0, cut));

        assertThat(parsed.leases()).hasSizeBetween(wholeLines, wholeLines + 1);
        assertThat(parsed.leases().subList(0, wholeLines)).isEqualTo(leases.subList(0, wholeLines));
    }

    @Provide
    Arbitrary<List<Lease>> files() {
        return leases().list().ofMaxSize(30);
    }

    /** Pure noise, and files of real shape with a few characters replaced. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> damaged = Combinators.combine(
                        files().map(LeaseLines::of),
                        Arbitraries.strings().withChars(" \n\r\0:*é-x09").ofMaxLength(4),
                        Arbitraries.integers().between(0, 2000))
                .as((text, noise, at) -> new StringBuilder(text)
                        .insert(Math.min(at, text.length()), noise)
                        .toString());
        return Arbitraries.oneOf(Arbitraries.strings(), damaged);
    }

    private static Arbitrary<Lease> leases() {
        Arbitrary<MacAddress> macs =
                Arbitraries.longs().between(1, (1L << 48) - 1).map(bits -> new MacAddress(bits & ~MULTICAST | 1));
        Arbitrary<Optional<DnsLabel>> names = Arbitraries.strings()
                .withCharRange('a', 'z')
                .numeric()
                .ofMinLength(1)
                .ofMaxLength(63)
                .map(DnsLabel::parse)
                .optional();
        Arbitrary<Optional<Instant>> expiries = Arbitraries.longs()
                .between(1, 999_999_999_999L)
                .map(Instant::ofEpochSecond)
                .optional();
        Arbitrary<Optional<ClientId>> clientIds = Arbitraries.integers()
                .between(1, 255)
                .map(length -> new ClientId(String.join(
                        ":",
                        IntStream.range(0, length)
                                .mapToObj(i -> String.format("%02x", i))
                                .toList())))
                .optional();
        return Combinators.combine(macs, Arbitraries.integers().map(Ipv4Address::new), names, expiries, clientIds)
                .as(Lease::new);
    }
}
