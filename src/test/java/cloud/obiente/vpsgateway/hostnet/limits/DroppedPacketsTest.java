package cloud.obiente.vpsgateway.hostnet.limits;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DroppedPacketsTest {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final VpsId VPS = VpsId.parse("vps-1");

    private final Map<VpsId, Map<LimitKind, Long>> told = new HashMap<>();
    private final DroppedPackets dropped = new DroppedPackets(Clock.systemUTC(), new LimitListener() {
        @Override
        public void dropped(Map<VpsId, Map<LimitKind, Long>> byVps, Map<LimitKind, Long> ofUnknown) {
            told.clear();
            byVps.forEach((vps, counts) -> told.put(vps, Map.copyOf(counts)));
        }

        @Override
        public void limitsMended() {
            throw new AssertionError("nothing was mended");
        }
    });

    @Test
    void countsGrowOverTablesAndElementsThatBeginAtZeroAgain() {
        count(5);
        count(7);
        assertThat(told.get(VPS)).containsEntry(LimitKind.DNS, 7L);

        dropped.kernelCountsFromZero();
        count(2);
        count(1);

        assertThat(told.get(VPS)).containsEntry(LimitKind.DNS, 10L);
    }

    @Test
    void aVpsThatIsGoneIsForgotten() {
        count(5);

        dropped.count(listing(Map.of()), Map.of());

        assertThat(told).isEmpty();
    }

    private void count(long packets) {
        dropped.count(listing(Map.of(LimitKind.DNS, Map.of(MAC, packets))), Map.of(MAC, VPS));
    }

    private static LimitListing listing(Map<LimitKind, Map<MacAddress, Long>> counted) {
        return new LimitListing("", Set.of(), counted, Map.of());
    }
}
