package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.World.checkNamed;
import static cloud.obiente.vpsgateway.lab.DhcpClient.UDHCPC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** SyncAllocations brings the node to what the API's list says, and takes nothing by leaving it out that is in use. */
class SyncIT extends OneGateway {
    private static final MacAddress MAC_1 = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress MAC_2 = MacAddress.parse("02:00:00:00:00:02");
    private static final MacAddress MAC_3 = MacAddress.parse("02:00:00:00:00:03");
    private static final Ipv4Address ADDRESS_1 = Ipv4Address.parse("10.15.3.51");
    private static final Ipv4Address ADDRESS_2 = Ipv4Address.parse("10.15.3.52");
    private static final Ipv4Address ADDRESS_3 = Ipv4Address.parse("10.15.3.53");
    private static final Holding ONE = new Holding("vps-1", ADDRESS_1, MAC_1);
    private static final Holding TWO = new Holding("vps-2", ADDRESS_2, MAC_2);
    private static final Holding THREE = new Holding("vps-3", ADDRESS_3, MAC_3);
    private static final Holding FOUR =
            new Holding("vps-4", Ipv4Address.parse("10.15.3.54"), MacAddress.parse("02:00:00:00:00:54"));
    private static final Duration THREE_SECONDS = Duration.ofSeconds(3);

    SyncIT() {
        super(World.create("sync").with("GATEWAY_SYNC_GRACE", "1s").with("GATEWAY_RECONCILE_INTERVAL", "1s"));
    }

    @Test
    void twoVpssWithLiveLeasesSwapTheirAddressesInOneCall() {
        // Given
        api.sync(ONE, TWO);
        Vps first = world.bootedVps("vps-1", MAC_1);
        Vps second = world.bootedVps("vps-2", MAC_2);

        // When
        SyncAllocationsResponse done = syncedWhenTheGraceIsOver(
                new Holding("vps-1", ADDRESS_2, MAC_1), new Holding("vps-2", ADDRESS_1, MAC_2));

        // Then
        assertDone(done, 0, 0, "added 0, removed 0, changed 2, unchanged 0");
        await().until(() -> api.leases().isEmpty());
        assertThat(first.boot()).map(VpsLease::address).hasValue(ADDRESS_2);
        assertThat(second.boot()).map(VpsLease::address).hasValue(ADDRESS_1);
        assertThat(world.resolve("vps-1")).containsExactly(ADDRESS_2);
        assertThat(world.resolve("vps-2")).containsExactly(ADDRESS_1);
    }

    /** A NIC that is in use is not replaced by a list's word; one that is not, is. */
    @Test
    void theMacOfAVpsThatIsInUseStays() {
        // Given
        api.sync(ONE, TWO);
        Vps first = world.bootedVps("vps-1", MAC_1);

        // When
        SyncAllocationsResponse done = syncedWhenTheGraceIsOver(
                new Holding("vps-1", ADDRESS_1, MAC_3), new Holding("vps-2", ADDRESS_2, MAC_2));

        // Then
        assertDone(done, 0, 0, "added 0, removed 0, changed 0, unchanged 2");
        assertThat(first.boot()).map(VpsLease::address).hasValue(ADDRESS_1);
    }

    @Test
    void whatIsNotListedForTheGraceGoesAndWhatIsMissingComes() {
        // Given
        api.sync(ONE, TWO);

        // When
        SyncAllocationsResponse first = api.sync(TWO, THREE);

        // Then
        assertThat(first.getAdded()).isEqualTo(1);
        assertThat(first.getRemoved()).isZero();
        await("the grace is over, and it does not answer")
                .atMost(Duration.ofMinutes(1))
                .until(() -> api.sync(TWO, THREE).getRemoved() == 1);
        assertThat(world.assertEverythingAgrees()).containsExactlyInAnyOrder(TWO, THREE);
        assertThat(world.resolve("vps-1")).isEmpty();
        assertThat(world.vps("vps-1", MAC_1).dhcpOnce(UDHCPC, THREE_SECONDS)).isEmpty();
        assertThat(world.vps("vps-3", MAC_3).udhcpcOnce())
                .map(VpsLease::address)
                .hasValue(ADDRESS_3);
    }

    /** The API is asked, and says twice that it does not know the MAC: not before that is a VPS in use released. */
    @Test
    void aVpsInUseThatIsNotListedIsReleasedByTheApisAnswersOnly() {
        // Given
        api.sync(ONE, TWO);
        world.bootedVps("vps-1", MAC_1);
        AtomicInteger questions = new AtomicInteger();
        try (ApiInstance instance = new ApiInstance(
                URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT),
                GatewayProcess.SECRET,
                "api-1",
                "node-1",
                question -> {
                    questions.incrementAndGet();
                    return Optional.of(FindVPSByLeaseResponse.getDefaultInstance());
                })) {
            instance.awaitRegistered();

            // When
            await("the API has said it twice").atMost(Duration.ofMinutes(1)).until(() -> {
                listed(instance, TWO);
                return !world.listed().contains(ONE);
            });

            // Then
            assertThat(questions).hasPositiveValue();
            await("its lease has ended").until(() -> api.leases().isEmpty());
        }
    }

    /** By both sources that this test has. */
    private void listed(ApiInstance instance, Holding only) {
        instance.sync(List.of(Api.desired(only)));
        instance.awaitSyncResult();
        api.sync(only);
    }

    @Test
    void anEmptyListReleasesNothing() {
        // Given
        api.sync(ONE, TWO, THREE);

        // When
        SyncAllocationsResponse done =
                await("the grace is over").until(() -> api.sync(), list -> list.getDiscoveredAllocationsCount() == 3);

        // Then
        assertThat(done.getRemoved()).isZero();
        assertThat(world.assertEverythingAgrees()).containsExactlyInAnyOrder(ONE, TWO, THREE);
    }

    @Test
    void aListThatIsNotBelievedIsToldAndTakenAtAnOperatorsWord() throws Exception {
        // Given
        api.sync(ONE, TWO, THREE, FOUR);

        // When
        await("the grace is over").until(() -> api.sync().getDiscoveredAllocationsCount() == 4);
        String source = await("health names the list")
                .until(this::notBelieved, Optional::isPresent)
                .orElseThrow();

        // Then
        await().until(() -> world.metric("vps_gateway_sync_implausible_sources") == 1);
        assertThat(api.sync().getRemoved()).isZero();

        // When
        Files.writeString(world.files().directory().resolve("accept-list"), source + "\n");

        // Then
        await("the list is accepted").until(() -> api.sync().getRemoved() == 4);
        assertThat(world.listed()).isEmpty();
        assertThat(world.gateway().output()).contains("the list of " + source + " leaves out implausibly much");
    }

    private Optional<String> notBelieved() {
        Map<String, Object> told = world.gateway().get("/health/ready").path(checkNamed("lists of the API") + ".data");
        return told.keySet().stream()
                .filter(name -> name.startsWith("not believed: "))
                .map(name -> name.substring("not believed: ".length()))
                .findFirst();
    }

    @Test
    void theSameListAgainChangesAndReloadsNothing() {
        // Given
        api.sync(ONE, TWO, THREE);
        awaitInEffect(ONE, TWO, THREE);
        List<Holding> before = world.listed();
        double reloads = world.metric("vps_gateway_dhcp_reload_seconds_count");

        // When
        SyncAllocationsResponse again = api.sync(THREE, TWO, ONE);

        // Then
        assertDone(again, 0, 0, "added 0, removed 0, changed 0, unchanged 3");
        assertThat(world.listed()).isEqualTo(before);
        assertThat(world.metric("vps_gateway_dhcp_reload_seconds_count")).isEqualTo(reloads);
    }

    @Test
    void allChangesOfAListShareOneReload() {
        // Given
        api.sync(ONE);
        awaitInEffect(ONE);
        double reloads = world.metric("vps_gateway_dhcp_reload_seconds_count");

        // When
        SyncAllocationsResponse done = api.sync(ONE, TWO, THREE);
        awaitInEffect(ONE, TWO, THREE);

        // Then
        assertDone(done, 2, 0, "added 2, removed 0, changed 0, unchanged 1");
        assertThat(world.metric("vps_gateway_dhcp_reload_seconds_count")).isEqualTo(reloads + 1);
    }

    @Test
    void whatCannotBeHonouredIsNamedAndTheRestIsDone() {
        // Given
        api.sync(ONE);

        // When
        SyncAllocationsResponse partly = api.sync(List.of(
                Api.desired(new Holding("vps-1", Ipv4Address.parse("10.15.9.9"), MAC_1)),
                Api.desired(TWO),
                Api.desired(new Holding("vps-3", ADDRESS_2, MAC_3)),
                DesiredAllocation.newBuilder()
                        .setVpsId("vps-4")
                        .setIpAddress("10.15.3.x")
                        .setMacAddress("02:00")
                        .build(),
                DesiredAllocation.newBuilder()
                        .setVpsId("evil\n10.15.3.66 vps-1")
                        .setIpAddress("10.15.3.66")
                        .build()));

        // Then
        assertThat(partly.getSuccess()).isFalse();
        assertThat(partly.getAdded()).isEqualTo(1);
        assertThat(partly.getRemoved()).isZero();
        assertThat(partly.getMessage())
                .contains("left out 4")
                .contains("vps-1: 10.15.9.9 is outside the pool")
                .contains("vps-3: 10.15.3.52 is listed for vps-2 as well")
                .contains("allocations[3] vps-4: ip_address '10.15.3.x'", "mac_address '02:00'")
                .contains("allocations[4] vps_id")
                .doesNotContain("\n");
        assertThat(world.assertEverythingAgrees()).containsExactlyInAnyOrder(ONE, TWO);
    }

    /** What was listed less than the grace ago is not moved. */
    private SyncAllocationsResponse syncedWhenTheGraceIsOver(Holding... list) {
        return await().until(() -> api.sync(list), SyncAllocationsResponse::getSuccess);
    }

    /** One reload comes after the other, so none is still to come for a list that is confirmed. */
    private void awaitInEffect(Holding... list) {
        await("confirmed").until(() -> api.sync(list).getMessage(), message -> !message.contains("not confirmed yet"));
    }

    /** A busy machine may answer before dnsmasq has confirmed it, and says so behind the counts. */
    private static void assertDone(SyncAllocationsResponse answer, int added, int removed, String counts) {
        assertThat(answer.getSuccess()).isTrue();
        assertThat(answer.getAdded()).isEqualTo(added);
        assertThat(answer.getRemoved()).isEqualTo(removed);
        assertThat(answer.getMessage()).startsWith(counts);
        assertThat(answer.getDiscoveredAllocationsList()).isEmpty();
    }
}
