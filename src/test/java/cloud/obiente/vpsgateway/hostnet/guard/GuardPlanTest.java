package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class GuardPlanTest {
    private static final MacAddress NIC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER = MacAddress.parse("02:00:00:00:00:02");
    private static final Allocation PUBLIC = Held.publicly("vps-1", "203.0.113.10", NIC);
    private static final Allocation PRIVATE = Held.privately("vps-1", "10.15.3.20", OTHER);
    private static final List<NftTable> TABLES = List.of(NftTable.INET);

    private static GuardPlan plan(Allocation... held) {
        return GuardPlan.of(List.of(held), GuardScope.PUBLIC_ONLY);
    }

    @Test
    void privateAddressesAreGuardedWhereThatIsWantedAndTheNicIsKnown() {
        Allocation nicless = Held.withoutNic("vps-2", "10.15.3.21", Allocation.Kind.PRIVATE);
        List<Allocation> held = List.of(PUBLIC, PRIVATE, nicless);

        assertThat(GuardPlan.of(held, GuardScope.PUBLIC_ONLY).pins()).containsOnlyKeys(PUBLIC.address());
        assertThat(GuardPlan.of(held, GuardScope.PRIVATE_TOO).pins())
                .containsOnlyKeys(PUBLIC.address(), PRIVATE.address());
        assertThat(GuardPlan.of(held, GuardScope.PUBLIC_ONLY).macs()).containsExactlyInAnyOrder(NIC, OTHER);
    }

    @Test
    void publicAddressWithoutNicIsGuardedAndHasNoOwner() {
        GuardPlan plan = plan(Held.withoutNic("vps-1", "203.0.113.10", Allocation.Kind.PUBLIC));

        assertThat(KernelSet.GUARDED.elements(plan)).containsExactly("203.0.113.10");
        assertThat(KernelSet.OWNERS.elements(plan)).isEmpty();
    }

    @Test
    void differenceIsWhatToAddOrToTakeAway() {
        Allocation moved = Held.publicly("vps-1", "203.0.113.10", OTHER);
        Allocation more = Held.publicly("vps-2", "203.0.113.11", NIC);

        assertThat(plan(PUBLIC, more).minus(plan(PUBLIC)).pins()).containsOnlyKeys(Ipv4Address.parse("203.0.113.11"));
        assertThat(plan(moved).minus(plan(PUBLIC)).pins()).containsOnlyKeys(PUBLIC.address());
        assertThat(plan(PUBLIC).minus(plan(PUBLIC)).isEmpty()).isTrue();
    }

    @Test
    void changeNamesOnlyWhatChanged() {
        String script = NftScript.change(TABLES, plan(PUBLIC), GuardPlan.NOTHING);

        assertThat(script).isEqualTo("""
                        delete element inet vps_gateway guarded { 203.0.113.10 }
                        delete element inet vps_gateway owners { 203.0.113.10 . 02:00:00:00:00:01 }
                        add element inet vps_gateway drops { 203.0.113.10 }
                        delete element inet vps_gateway drops { 203.0.113.10 }
                        """);
    }

    @Test
    void loadReplacesTheTableWithinOneTransaction() {
        assertThat(NftScript.load(TABLES, plan(PUBLIC)))
                .startsWith("add table inet vps_gateway\ndelete table inet vps_gateway\ntable inet vps_gateway {\n")
                .endsWith("add element inet vps_gateway owners { 203.0.113.10 . 02:00:00:00:00:01 }\n");
    }
}
