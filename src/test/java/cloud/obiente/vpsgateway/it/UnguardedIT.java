package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import io.grpc.Status.Code;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A host that cannot guard addresses, because it lacks nft: nobody is given a public one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnguardedIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");
    private static final Ipv4Address PRIVATE = Ipv4Address.parse("10.15.3.50");

    private final World world = World.create("unguarded");
    private Api api;

    @BeforeAll
    void startWithoutNft() {
        world.launch("unshare", "-m", "sh", "-c", "mount --bind /dev/null /usr/sbin/nft && exec \"$0\" \"$@\"")
                .awaitReady();
        api = world.api();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void anAddressThatCannotBeGuardedIsTakenBack() {
        // When
        Refused refused = Refused.by(() -> api.assignPublic("vps-1", MAC, PUBLIC));
        Refused again = Refused.by(() -> api.assignPublic("vps-2", OTHER_MAC, PUBLIC));

        // Then
        assertThat(List.of(refused, again))
                .allMatch(no -> no.code() == Code.FAILED_PRECONDITION)
                .allMatch(no -> no.reason().equals("NOT_ENFORCED"))
                .allMatch(no -> no.values().get("address").equals(PUBLIC.toString()));
        assertThat(api.list()).isEmpty();
        assertThat(world.files().database()).isEmpty();
    }

    @Test
    void theRestOfAListHolds() {
        // Given
        DesiredAllocation entry = Api.desired(new Holding("vps-2", PUBLIC, OTHER_MAC)).toBuilder()
                .setIsPublic(true)
                .build();

        // When
        SyncAllocationsResponse partly = api.sync(List.of(Api.desired(new Holding("vps-1", PRIVATE, MAC)), entry));

        // Then
        assertThat(partly.getSuccess()).isFalse();
        assertThat(partly.getAdded()).isEqualTo(1);
        assertThat(partly.getMessage()).contains("left out 1: vps-2: ");
        assertThat(api.list()).extracting(IPAllocation::getIpAddress).containsExactly(PRIVATE.toString());
        api.release("vps-1");
    }

    @Test
    void thatNobodyIsHeldToHisLimitsIsSaid() {
        await().untilAsserted(
                        () -> assertThat(world.gateway().get("/health/ready").asString())
                                .contains("DNS and DHCP are served without limits"));
        assertThat(world.metric("vps_gateway_limits_status")).isZero();
    }

    @Test
    void privateAddressesAreGivenAllTheSame() {
        assertThat(api.allocate("vps-1", MAC, PRIVATE)).isEqualTo(PRIVATE);
        api.release("vps-1");
    }
}
