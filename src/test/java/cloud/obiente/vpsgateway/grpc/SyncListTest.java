package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.sync.SyncReport;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What can be read of the API's list. */
class SyncListTest {

    @Test
    void entriesThatMakeSenseAreKeptInTheirOrder() {
        SyncList list = list(entry("vps-2", "10.0.0.25"), entry("vps-1", "10.0.0.26"));
        assertThat(list.allocations().entries())
                .extracting(entry -> entry.vps().toString())
                .containsExactly("vps-2", "vps-1");
        assertThat(list.unreadable()).isZero();
    }

    @Test
    void aVpsWhoseEntryMakesNoSenseIsNamedAllTheSame() {
        SyncList list = list(entry("vps-1", "10.0.0.999"), entry("vps-2", "10.0.0.25"));
        assertThat(list.allocations().unreadable()).containsExactly(VpsId.parse("vps-1"));
        assertThat(list.reasons()).singleElement().satisfies(why -> assertThat(why)
                .contains("allocations[0]", "vps-1", "10.0.0.999"));
    }

    @Test
    void anEntryWithoutAVpsNamesNobody() {
        assertThat(list(entry("", "10.0.0.25")).allocations().unreadable()).isEmpty();
    }

    @Test
    void anAddressOfTheHostIsNobodysPublicOne() {
        SyncList list = SyncList.read(
                List.of(entry("vps-1", "203.0.113.1").toBuilder()
                        .setIsPublic(true)
                        .setMacAddress("02:00:00:00:00:01")
                        .build()),
                () -> Set.of(Ipv4Address.parse("203.0.113.1")));
        assertThat(list.unreadable()).isEqualTo(1);
    }

    /** The reasons of a quarter of a million entries would be more than the gateway has memory. */
    @Test
    void manyEntriesThatMakeNoSenseHaveFewReasons() {
        DesiredAllocation[] entries = new DesiredAllocation[10_000];
        Arrays.fill(entries, entry("vps-1", "x"));
        SyncList list = list(entries);
        assertThat(list.unreadable()).isEqualTo(10_000);
        assertThat(list.reasons()).hasSize(SyncList.MAX_REASONS);
        SyncReport report = new SyncReport(0, 0, 0, 0, List.of(), List.of());
        assertThat(list.leftOut(report)).isEqualTo(10_000);
        assertThat(list.reasons(report)).hasSize(SyncList.MAX_REASONS);
    }

    private static SyncList list(DesiredAllocation... entries) {
        return SyncList.read(List.of(entries), Set::of);
    }

    private static DesiredAllocation entry(String vps, String address) {
        return DesiredAllocation.newBuilder()
                .setVpsId(vps)
                .setOrganizationId("org-1")
                .setIpAddress(address)
                .build();
    }
}
