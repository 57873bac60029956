package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.GetLeasesRequest;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of an API whose table does not have, or not yet, what the gateway healed by its word. */
class ReboundVpsIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final MacAddress ALLOCATED = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress ACTUAL = MacAddress.parse("02:00:00:00:01:01");

    private Lab lab;
    private Map<String, String> settings;
    private GatewayProcess gateway;

    @BeforeEach
    void prepare() {
        lab = Lab.create();
        settings = GatewayProcess.settings(Sandbox.directory("healed").resolve("state"));
        settings.put("GATEWAY_RECONCILE_INTERVAL", "1s");
    }

    @AfterEach
    void remove() {
        if (gateway != null) {
            gateway.close();
        }
        lab.close();
    }

    @Test
    void aListWithTheOldNicDoesNotUndoAReboundOne() {
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance()) {
            api.awaitRegistered();
            String address = client.calls()
                    .allocateIP(AllocateIPRequest.newBuilder()
                            .setVpsId("vps-1")
                            .setOrganizationId("org-1")
                            .setMacAddress(ALLOCATED.toString())
                            .build())
                    .getIpAddress();
            bootAndAwait("rebound");

            // More than once, as every few minutes.
            for (int i = 0; i < 2; i++) {
                assertThat(synced(api, List.of(desired("vps-1", address, ALLOCATED)))
                                .getSuccess())
                        .isTrue();
                assertThat(list(client)).extracting(IPAllocation::getMacAddress).containsExactly(ACTUAL.toString());
                assertThat(leases(client))
                        .extracting(LeaseRecord::getMacAddress)
                        .containsExactly(ACTUAL.toString());
            }
        }
    }

    @Test
    void anAdoptionIsReportedUntilAListNamesIt() {
        settings.put("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt");
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance()) {
            api.awaitRegistered();
            bootAndAwait("adopted");

            SyncAllocationsResponse first = synced(api, List.of());
            SyncAllocationsResponse second = synced(api, List.of());
            assertThat(first.getDiscoveredAllocationsList())
                    .extracting(DesiredAllocation::getVpsId)
                    .containsExactly("vps-1");
            assertThat(second.getDiscoveredAllocationsList()).isEqualTo(first.getDiscoveredAllocationsList());
            assertThat(leases(client)).hasSize(1);

            SyncAllocationsResponse named = synced(api, second.getDiscoveredAllocationsList());
            assertThat(named.getDiscoveredAllocationsList()).isEmpty();
            assertThat(named.getRemoved()).isZero();
            assertThat(synced(api, List.of()).getRemoved()).isZero();
        }
    }

    @Test
    void anAdoptionThatNobodyWasToldOfSurvivesARestart() {
        settings.put("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt");
        gateway = GatewayProcess.start(settings).awaitReady();
        try (ApiInstance api = instance()) {
            api.awaitRegistered();
            bootAndAwait("adopted");
        }
        assertThat(gateway.terminate()).isZero();
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance()) {
            api.awaitRegistered();
            SyncAllocationsResponse result = synced(api, List.of());
            assertThat(result.getRemoved()).isZero();
            assertThat(result.getDiscoveredAllocationsList())
                    .extracting(DesiredAllocation::getVpsId)
                    .containsExactly("vps-1");
            assertThat(leases(client)).hasSize(1);
        }
    }

    @Test
    void anAdoptionInUseGivesWayToNobodyThatIsListedWithItsAddress() {
        settings.put("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt");
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance()) {
            api.awaitRegistered();
            bootAndAwait("adopted");
            String address = list(client).get(0).getIpAddress();

            SyncAllocationsResponse result = synced(api, List.of(desired("vps-2", address, ALLOCATED)));

            assertThat(result.getDiscoveredAllocationsList())
                    .extracting(DesiredAllocation::getVpsId)
                    .containsExactly("vps-1");
            assertThat(result.getMessage()).contains("vps-1 keeps " + address);
            assertThat(list(client)).singleElement().satisfies(held -> assertThat(held.getVpsId())
                    .isEqualTo("vps-1"));
        }
    }

    private static ApiInstance instance() {
        return new ApiInstance(
                ENDPOINT,
                GatewayProcess.SECRET,
                "api-1",
                "node-1",
                question -> Optional.of(FindVPSByLeaseResponse.newBuilder()
                        .setVpsId(question.getMac().equals(ACTUAL.toString()) ? "vps-1" : "")
                        .setOrganizationId("org-1")
                        .build()));
    }

    private void bootAndAwait(String rebinding) {
        Vps vps = lab.vps("vps-1", ACTUAL);
        vps.startClient(DhcpClient.UDHCPC);
        await().until(() -> vps.lease().isPresent());
        await().until(
                        () -> gateway.get("/metrics").asString(),
                        metrics -> metrics.contains("vps_gateway_healings_total{what=\"" + rebinding + "\"} 1"));
    }

    private static SyncAllocationsResponse synced(ApiInstance api, List<DesiredAllocation> table) {
        api.sync(table);
        return api.awaitSyncResult();
    }

    private static DesiredAllocation desired(String vps, String address, MacAddress mac) {
        return DesiredAllocation.newBuilder()
                .setVpsId(vps)
                .setOrganizationId("org-1")
                .setIpAddress(address)
                .setMacAddress(mac.toString())
                .build();
    }

    private static List<IPAllocation> list(GatewayClient client) {
        return client.calls().listIPs(ListIPsRequest.getDefaultInstance()).getAllocationsList();
    }

    private static List<LeaseRecord> leases(GatewayClient client) {
        return client.calls().getLeases(GetLeasesRequest.getDefaultInstance()).getLeasesList();
    }
}
