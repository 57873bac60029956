package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DropLedgerTest {
    private static final MacAddress NIC = MacAddress.parse("02:00:00:00:00:01");
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("203.0.113.10");
    private static final GuardPlan PLAN = GuardPlan.of(
            List.of(Held.publicly("vps-1", "203.0.113.10", NIC), Held.publicly("vps-1", "203.0.113.11", NIC)),
            GuardScope.PUBLIC_ONLY);

    private final ManualClock clock = new ManualClock();
    private Map<VpsId, Long> told = new HashMap<>();
    private final DropLedger ledger = new DropLedger(drops -> told = drops, clock);

    private void count(NftTable table, String address, long packets) {
        ledger.count(
                table,
                NftListing.parse("\tset drops {\n\t\telements = { %s counter packets %d bytes 1 }\n\t}\n"
                        .formatted(address, packets)),
                PLAN);
        ledger.report(PLAN);
    }

    /** What the log says when the table has so many drops of the address, and these frames noted down for it. */
    private List<String> said(NftTable table, String address, long drops, String... offenders) throws Exception {
        String noted =
                Stream.of(offenders).map(offender -> address + " . " + offender).collect(Collectors.joining(", "));
        NftListing listing = NftListing.parse("""
                \tset drops {
                \t\telements = { %s counter packets %d bytes 1 }
                \t}
                \tset offenders {
                \t\telements = { %s }
                \t}
                """.formatted(address, drops, noted));
        return LogLines.during("AddressGuard", () -> {
            ledger.count(table, listing, PLAN);
            ledger.report(PLAN);
        });
    }

    private static String offender(int mac, long packets) {
        return "02:00:00:00:00:%02x expires 1m59s counter packets %d bytes 1".formatted(mac, packets);
    }

    @Test
    void vpsWithoutDropsIsCountedToo() {
        ledger.report(PLAN);

        assertThat(told).containsExactly(Map.entry(VPS, 0L));
    }

    @Test
    void addsUpAddressesAndTables() {
        count(NftTable.INET, "203.0.113.10", 3);
        count(NftTable.INET, "203.0.113.10", 5);
        count(NftTable.ARP, "203.0.113.10", 2);
        count(NftTable.INET, "203.0.113.11", 1);

        assertThat(told).containsExactly(Map.entry(VPS, 8L));
    }

    @Test
    void countsOnWhenTheKernelBeginsAnew() {
        count(NftTable.INET, "203.0.113.10", 5);
        ledger.kernelCountsFromZero(NftTable.INET);
        count(NftTable.INET, "203.0.113.10", 6);
        count(NftTable.INET, "203.0.113.10", 2);
        ledger.forget(List.of(ADDRESS));
        count(NftTable.INET, "203.0.113.10", 4);

        assertThat(told).containsExactly(Map.entry(VPS, 17L));
    }

    @Test
    void vpsWithoutGuardedAddressIsForgotten() {
        count(NftTable.INET, "203.0.113.10", 5);
        ledger.report(GuardPlan.NOTHING);

        assertThat(told).isEmpty();
    }

    @Test
    void theLogNamesWhoseFramesWereDropped() throws Exception {
        // When
        List<String> said = said(NftTable.INET, "203.0.113.10", 3, offender(0x66, 3));

        // Then
        assertThat(said)
                .containsExactly(
                        "3 packets dropped that forged 203.0.113.10 of vps-1; they came from 02:00:00:00:00:66");
    }

    @Test
    void theLogTellsOfAnAddressOnceAMinute() throws Exception {
        // Given
        assertThat(said(NftTable.INET, "203.0.113.10", 1, offender(0x66, 1))).hasSize(1);

        // When
        clock.advance(Duration.ofSeconds(59).plusMillis(999));
        List<String> tooSoon = said(NftTable.INET, "203.0.113.10", 4, offender(0x66, 4));
        List<String> ofAnother = said(NftTable.INET, "203.0.113.11", 1, offender(0x66, 1));
        clock.advance(Duration.ofMillis(1));
        List<String> due = said(NftTable.INET, "203.0.113.10", 6, offender(0x67, 6));

        // Then
        assertThat(tooSoon).isEmpty();
        assertThat(ofAnother).singleElement().asString().contains("forged 203.0.113.11");
        assertThat(due)
                .containsExactly(
                        "5 packets dropped that forged 203.0.113.10 of vps-1; they came from 02:00:00:00:00:67");
    }

    @Test
    void theLogIsSilentWhereNothingWasDroppedSince() throws Exception {
        // Given
        assertThat(said(NftTable.INET, "203.0.113.10", 1, offender(0x66, 1))).hasSize(1);

        // When
        clock.advance(Duration.ofHours(1));

        // Then
        assertThat(said(NftTable.INET, "203.0.113.10", 1, offender(0x66, 1))).isEmpty();
    }

    @Test
    void theLogNamesTheThreeNicsThatSentMost() throws Exception {
        // When
        List<String> said =
                said(NftTable.INET, "203.0.113.10", 10, offender(1, 1), offender(4, 4), offender(2, 2), offender(3, 3));

        // Then
        assertThat(said)
                .singleElement()
                .asString()
                .endsWith("they came from 02:00:00:00:00:04, 02:00:00:00:00:03, 02:00:00:00:00:02 and 1 more");
    }

    @Test
    void theLogSaysWhereNoNicIsKnown() throws Exception {
        // When
        List<String> said = said(NftTable.INET, "203.0.113.10", 2);

        // Then
        assertThat(said)
                .singleElement()
                .asString()
                .endsWith("a sender without a MAC address, or too many to note down");
    }
}
