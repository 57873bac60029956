package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Sandbox;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** API instances, a real gateway, and VPSs whose NICs are not those that were allocated. */
class ApiLinkIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final MacAddress ALLOCATED = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress ACTUAL = MacAddress.parse("02:00:00:00:01:01");

    private Lab lab;
    private Path state;
    private Map<String, String> settings;
    private GatewayProcess gateway;

    @BeforeEach
    void prepare() {
        lab = Lab.create();
        state = Sandbox.directory("apilink").resolve("state");
        settings = GatewayProcess.settings(state);
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
    void aVpsWithTheWrongMacIsRebound() {
        gateway = GatewayProcess.start(settings).awaitReady();
        CountDownLatch answered = new CountDownLatch(1);
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance("api-1", question -> {
                    answered.countDown();
                    return found(question.getMac().equals(ACTUAL.toString()) ? "vps-1" : "");
                })) {
            api.awaitRegistered();
            String address = allocate(client, "vps-1", ALLOCATED);
            Vps vps = lab.vps("vps-1", ACTUAL);

            vps.startClient(DhcpClient.UDHCPC);

            await().until(() -> answered.getCount() == 0);
            await("an address after the answer").until(() -> vps.lease().isPresent());
            assertThat(vps.lease()).map(lease -> lease.address().toString()).hasValue(address);
            assertThat(list(client)).singleElement().satisfies(held -> assertThat(held.getMacAddress())
                    .isEqualTo(ACTUAL.toString()));
            // It is counted when it is done and may be told, which the VPS can be ahead of.
            await().untilAsserted(() -> assertThat(gateway.get("/metrics").asString())
                    .containsPattern("vps_gateway_healings_total\\{what=\"rebound\"\\} 1")
                    .contains("vps_gateway_api_links 1"));
        }
    }

    @Test
    void aNewNicGetsTheAddressOfItsVps() {
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance("api-1", question -> found("vps-1"))) {
            api.awaitRegistered();
            String address = allocate(client, "vps-1", ALLOCATED);
            Vps vps = lab.vps("vps-1", ALLOCATED);
            vps.replaceNic(ACTUAL);

            assertThat(vps.udhcpcOnce())
                    .map(given -> given.address().toString())
                    .hasValue(address);
        }
    }

    @Test
    void anotherNodesVpsIsLeftAlone() {
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance("api-1", question -> found("vps-elsewhere"))) {
            api.awaitRegistered();
            Vps vps = lab.vps("vps-1", ACTUAL);
            assertThat(vps.dhcpOnce(DhcpClient.UDHCPC, Duration.ofSeconds(4))).isEmpty();
            assertThat(api.awaitQuestion().getMac()).isEqualTo(ACTUAL.toString());
            assertThat(list(client)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"resolve", "adopt"})
    void theTwoFilesThatTheGoGatewayLeavesAreEnough(String mode) throws IOException {
        rebuilt(mode, file -> !file.equals("dnsmasq.hosts") && !file.equals("dnsmasq.leases"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resolve", "adopt"})
    void aFreshStateIsRebuiltFromLiveLeasesAndTheApisAnswers(String mode) throws IOException {
        rebuilt(mode, file -> file.startsWith("ipam.sqlite") || file.equals("dnsmasq.hosts"));
    }

    private void rebuilt(String mode, Predicate<String> lost) throws IOException {
        settings.put("GATEWAY_DHCP_UNKNOWN_CLIENTS", mode);
        gateway = GatewayProcess.start(settings).awaitReady();
        Map<String, String> vpsOfMac = new ConcurrentHashMap<>();
        Map<String, String> before = new ConcurrentHashMap<>();
        List<Vps> running = new ArrayList<>();
        try (GatewayClient client = gateway.client()) {
            for (int i = 1; i <= 3; i++) {
                MacAddress mac = new MacAddress(0x020000000000L + i);
                String name = "vps-" + i;
                vpsOfMac.put(mac.toString(), name);
                before.put(name, allocate(client, name, mac));
                Vps vps = lab.vps(name, mac);
                assertThat(vps.udhcpcOnce()).map(VpsLease::address).isPresent();
                running.add(vps);
            }
        }
        assertThat(gateway.terminate()).isZero();
        forget(lost);
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client()) {
            // Nobody has spoken yet: leases go on, and their addresses are nobody else's.
            assertThat(before.values()).doesNotContain(allocate(client, "vps-new", ACTUAL));
            for (Vps vps : running) {
                assertThat(vps.udhcpcOnce().orElseThrow().address().toString()).isIn(before.values());
            }
            before.put("vps-new", addresses(client).get("vps-new"));
            try (ApiInstance api = instance("api-1", question -> found(vpsOfMac.getOrDefault(question.getMac(), "")))) {
                api.awaitRegistered();
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> addresses(client).equals(before));

                api.sync(List.of());

                SyncAllocationsResponse result = api.awaitSyncResult();
                assertThat(result.getDiscoveredAllocationsList())
                        .extracting(DesiredAllocation::getVpsId)
                        .containsExactlyInAnyOrderElementsOf(before.keySet());
                api.sync(result.getDiscoveredAllocationsList());
                assertThat(api.awaitSyncResult().getRemoved()).isZero();
                assertThat(addresses(client)).isEqualTo(before);
            }
        }
    }

    /** Not even the leases are left: VPSs are adopted as they ask. */
    @Test
    void aLostStateDirectoryIsRebuiltAsVpssAsk() {
        settings.put("GATEWAY_DHCP_UNKNOWN_CLIENTS", "adopt");
        gateway = GatewayProcess.start(settings).awaitReady();
        try (GatewayClient client = gateway.client();
                ApiInstance api = instance("api-1", question -> found("vps-1"))) {
            api.awaitRegistered();
            Vps vps = lab.vps("vps-1", ACTUAL);

            vps.startClient(DhcpClient.DHCLIENT);

            await().atMost(Duration.ofSeconds(60)).until(() -> vps.lease().isPresent());
            assertThat(addresses(client))
                    .isEqualTo(
                            Map.of("vps-1", vps.lease().orElseThrow().address().toString()));
        }
    }

    @Test
    void linksEndPolitelyAtSigterm() {
        gateway = GatewayProcess.start(settings).awaitReady();
        try (ApiInstance api = instance("api-1", question -> found(""))) {
            api.awaitRegistered();
            assertThat(gateway.terminate()).isZero();
            // A link that was cut off, as calls are after the time they have to finish, has no such message.
            assertThat(api.stream().end().join()).isEqualTo("{}");
        }
    }

    private ApiInstance instance(
            String id, Function<FindVPSByLeaseRequest, Optional<FindVPSByLeaseResponse>> database) {
        return new ApiInstance(ENDPOINT, GatewayProcess.SECRET, id, "node-1", database);
    }

    private static Optional<FindVPSByLeaseResponse> found(String vps) {
        return Optional.of(FindVPSByLeaseResponse.newBuilder()
                .setVpsId(vps)
                .setOrganizationId(vps.isEmpty() ? "" : "org-1")
                .build());
    }

    private void forget(Predicate<String> lost) throws IOException {
        List<Path> files = new ArrayList<>();
        try (var all = Files.list(state)) {
            all.filter(Files::isRegularFile)
                    .filter(file -> lost.test(file.getFileName().toString()))
                    .forEach(files::add);
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            Files.delete(file);
        }
    }

    private static String allocate(GatewayClient client, String vps, MacAddress mac) {
        AllocateIPResponse response = client.calls()
                .allocateIP(AllocateIPRequest.newBuilder()
                        .setVpsId(vps)
                        .setOrganizationId("org-1")
                        .setMacAddress(mac.toString())
                        .build());
        return response.getIpAddress();
    }

    private static List<IPAllocation> list(GatewayClient client) {
        return client.calls().listIPs(ListIPsRequest.getDefaultInstance()).getAllocationsList();
    }

    private static Map<String, String> addresses(GatewayClient client) {
        return list(client).stream().collect(Collectors.toMap(IPAllocation::getVpsId, IPAllocation::getIpAddress));
    }
}
