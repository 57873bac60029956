package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DropLedgerTest {
    private static final MacAddress CARD = MacAddress.parse("02:00:00:00:00:01");
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("203.0.113.10");
    private static final GuardPlan PLAN = GuardPlan.of(
            List.of(Held.publicly("vps-1", "203.0.113.10", CARD), Held.publicly("vps-1", "203.0.113.11", CARD)),
            GuardScope.PUBLIC_ONLY);

    private Map<VpsId, Long> told = new HashMap<>();
    private final DropLedger ledger = new DropLedger(drops -> told = drops, Clock.systemUTC());

    private void count(Table table, String address, long packets) {
        ledger.count(
                table,
                NftListing.parse("\tset drops {\n\t\telements = { %s counter packets %d bytes 1 }\n\t}\n"
                        .formatted(address, packets)),
                PLAN);
        ledger.report(PLAN);
    }

    @Test
    void vpsWithoutDropsIsCountedToo() {
        ledger.report(PLAN);

        assertThat(told).containsExactly(Map.entry(VPS, 0L));
    }

    @Test
    void addsUpAddressesAndTables() {
        count(Table.INET, "203.0.113.10", 3);
        count(Table.INET, "203.0.113.10", 5);
        count(Table.ARP, "203.0.113.10", 2);
        count(Table.INET, "203.0.113.11", 1);

        assertThat(told).containsExactly(Map.entry(VPS, 8L));
    }

    @Test
    void countsOnWhenTheKernelBeginsAnew() {
        count(Table.INET, "203.0.113.10", 5);
        ledger.kernelCountsFromZero(Table.INET);
        count(Table.INET, "203.0.113.10", 6);
        count(Table.INET, "203.0.113.10", 2);
        ledger.forget(List.of(ADDRESS));
        count(Table.INET, "203.0.113.10", 4);

        assertThat(told).containsExactly(Map.entry(VPS, 17L));
    }

    @Test
    void vpsWithoutGuardedAddressIsForgotten() {
        count(Table.INET, "203.0.113.10", 5);
        ledger.report(GuardPlan.NOTHING);

        assertThat(told).isEmpty();
    }
}
