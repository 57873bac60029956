package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.lab.ApiInstance;
import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** GATEWAY_DHCP_UNKNOWN_CLIENTS=serve: NICs that nobody has allocated an address for, and real DHCP clients. */
class ServeIT {
    private static final URI ENDPOINT = URI.create("http://127.0.0.1:" + GatewayProcess.GRPC_PORT);
    private static final Duration DYNAMIC_LEASE_TIME = Duration.ofMinutes(2);
    /** Eight addresses, of which strangers get the last two. */
    private static final String POOL_START = "10.15.3.20";

    private static final String POOL_END = "10.15.3.27";
    private static final Ipv4Range POOL = new Ipv4Range(Ipv4Address.parse(POOL_START), Ipv4Address.parse(POOL_END));
    private static final Ipv4Range DYNAMIC_RANGE =
            new Ipv4Range(Ipv4Address.parse("10.15.3.26"), Ipv4Address.parse(POOL_END));
    private static final Duration SHORT = Duration.ofSeconds(4);

    private final World world = World.create("serve")
            .with("GATEWAY_DHCP_UNKNOWN_CLIENTS", "serve")
            .with("GATEWAY_DHCP_POOL_START", POOL_START)
            .with("GATEWAY_DHCP_POOL_END", POOL_END)
            .with("GATEWAY_DHCP_QUARANTINE", "0s")
            .with("GATEWAY_RECONCILE_INTERVAL", "1s");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void unknownClientsAreServedWithoutAnyApi() {
        world.start();

        Optional<VpsLease> one = world.vps("one", mac(1)).udhcpcOnce();
        Optional<VpsLease> other = world.vps("other", mac(2)).dhclientOnce();

        assertThat(Stream.of(one, other).flatMap(Optional::stream))
                .hasSize(2)
                .allSatisfy(lease -> {
                    assertThat(DYNAMIC_RANGE.contains(lease.address())).isTrue();
                    assertThat(lease.leaseTime()).isEqualTo(DYNAMIC_LEASE_TIME);
                })
                .extracting(VpsLease::address)
                .doesNotHaveDuplicates();
        assertThat(world.listed()).isEmpty();
    }

    @Test
    void anUnknownClientThatTheApiKnowsIsAdoptedWithTheAddressThatItHas() {
        world.start();
        try (ApiInstance api = api(question -> found("vps-1"))) {
            api.awaitRegistered();
            Vps vps = world.vps("vps-1", mac(1));
            Ipv4Address dynamicRange = vps.udhcpcOnce().orElseThrow().address();

            awaitRebound("adopted");
            assertThat(world.listed()).containsExactly(new Holding("vps-1", dynamicRange, mac(1)));
            VpsLease own = vps.udhcpcOnce().orElseThrow();
            assertThat(own.address()).isEqualTo(dynamicRange);
            assertThat(own.leaseTime()).isEqualTo(Duration.ofHours(1));
            assertThat(api.awaitQuestion().getMac()).isEqualTo(mac(1).toString());
            world.assertEverythingAgrees();
            api.sync(List.of());
            assertThat(api.awaitSyncResult().getDiscoveredAllocationsList())
                    .singleElement()
                    .satisfies(told -> assertThat(told.getIpAddress()).isEqualTo(dynamicRange.toString()));
        }
    }

    @Test
    void anUnknownClientThatNobodyKnowsStaysOne() {
        world.start();
        try (ApiInstance api = api(question -> found(""))) {
            api.awaitRegistered();
            Vps unknownClient = world.vps("unknown", mac(1));
            Ipv4Address dynamicRange = unknownClient.udhcpcOnce().orElseThrow().address();
            // The API would look up whose the address was before it was lent.
            assertThat(api.awaitQuestion().getIp()).isEmpty();

            assertThat(unknownClient.udhcpcOnce()).map(VpsLease::address).hasValue(dynamicRange);
            assertThat(world.listed()).isEmpty();
        }
    }

    @Test
    void aVpsWithAnotherNicLeasesADynamicAddressAndThenGetsItsOwn() {
        world.start();
        Ipv4Address allocated = world.api().allocate("vps-1", mac(1));
        try (ApiInstance api = api(question -> found("vps-1"))) {
            api.awaitRegistered();
            Vps vps = world.vps("vps-1", mac(2));
            assertThat(vps.udhcpcOnce().orElseThrow().address()).isNotEqualTo(allocated);

            awaitRebound("rebound");
            assertThat(world.listed()).containsExactly(new Holding("vps-1", allocated, mac(2)));
            assertThat(vps.udhcpcOnce()).map(VpsLease::address).hasValue(allocated);
        }
    }

    @Test
    void anUnknownClientForWhomNothingIsLeftIsStillAdopted() {
        world.start();
        try (ApiInstance api = api(question -> found(question.getMac().equals(mac(3).toString()) ? "vps-3" : ""))) {
            api.awaitRegistered();
            assertThat(world.vps("one", mac(1)).udhcpcOnce()).isPresent();
            assertThat(world.vps("two", mac(2)).udhcpcOnce()).isPresent();

            Vps third = world.vps("vps-3", mac(3));
            third.startClient(DhcpClient.UDHCPC);

            await().atMost(Duration.ofSeconds(60)).until(() -> third.lease().isPresent());
            assertThat(world.listed())
                    .containsExactly(
                            new Holding("vps-3", third.lease().orElseThrow().address(), mac(3)));
            assertThat(DYNAMIC_RANGE.contains(third.lease().orElseThrow().address()))
                    .isFalse();
        }
    }

    @Test
    void whatAnUnknownClientGivesBackIsLeasedAgain() {
        world.start();
        world.api().allocate("vps-without-a-nic", POOL_END);
        Vps one = world.vps("one", mac(1));
        Vps other = world.vps("other", mac(2));
        Ipv4Address only = one.udhcpcOnce().orElseThrow().address();
        assertThat(only).as("what is held without a NIC is withheld").isEqualTo(DYNAMIC_RANGE.first());
        assertThat(other.dhcpOnce(DhcpClient.UDHCPC, SHORT)).isEmpty();

        one.releaseLease();

        assertThat(other.udhcpcOnce()).map(VpsLease::address).hasValue(only);
    }

    @Test
    void whatAnUnknownClientLetsExpireIsLeasedAgain() throws IOException {
        world.start();
        world.api().allocate("vps-without-a-nic", POOL_END);
        Ipv4Address only = world.vps("one", mac(1)).udhcpcOnce().orElseThrow().address();
        assertThat(world.gateway().terminate()).isZero();
        expireLeasesAt(Instant.now().plusSeconds(5));
        world.start();
        Vps other = world.vps("other", mac(2));

        other.startClient(DhcpClient.UDHCPC);

        await().atMost(Duration.ofSeconds(90)).until(() -> other.lease().isPresent());
        assertThat(other.lease()).map(VpsLease::address).hasValue(only);
    }

    @Test
    void unknownClientsCannotKeepAnyAddressFromVpss() {
        world.start();
        List<Vps> unknownClients = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            Vps unknownClient = world.vps("stranger-" + i, mac(i));
            boolean served = (i <= DYNAMIC_RANGE.size()
                            ? unknownClient.udhcpcOnce()
                            : unknownClient.dhcpOnce(DhcpClient.UDHCPC, SHORT))
                    .isPresent();
            unknownClients.add(unknownClient);
            assertThat(served).as("unknown client %d", i).isEqualTo(i <= DYNAMIC_RANGE.size());
        }

        List<Ipv4Address> given = new ArrayList<>();
        for (int i = 0; i < POOL.size(); i++) {
            given.add(world.api().allocate("vps-" + i, mac(100 + i)));
        }

        assertThat(given).containsExactlyElementsOf(POOL.stream().toList());
        await().untilAsserted(() -> assertThat(world.api().leases())
                .as("an unknown client's lease of an address that is somebody's")
                .extracting(LeaseRecord::getMacAddress)
                .doesNotContainAnyElementsOf(
                        unknownClients.stream().map(vps -> vps.mac().toString()).toList()));
        int last = (int) POOL.size() - 1;
        assertThat(world.vps("vps-" + last, mac(100 + last)).udhcpcOnce())
                .map(VpsLease::address)
                .hasValue(given.get(last));
        assertThat(unknownClients.get(0).dhcpOnce(DhcpClient.UDHCPC, SHORT)).isEmpty();
    }

    @Test
    void anAddressInQuarantineIsNotLeased() {
        world.with("GATEWAY_DHCP_QUARANTINE", "12s").start();
        world.api().allocate("vps-without-a-nic", DYNAMIC_RANGE.first().toString());
        world.api().allocate("vps-1", mac(1), DYNAMIC_RANGE.last());
        Vps unknownClient = world.vps("unknown", mac(2));
        world.api().release("vps-1");
        assertThat(unknownClient.dhcpOnce(DhcpClient.UDHCPC, Duration.ofSeconds(2)))
                .isEmpty();

        unknownClient.startClient(DhcpClient.UDHCPC);

        await().atMost(Duration.ofSeconds(90)).until(() -> unknownClient.lease().isPresent());
        assertThat(unknownClient.lease()).map(VpsLease::address).hasValue(DYNAMIC_RANGE.last());
    }

    private ApiInstance api(Function<FindVPSByLeaseRequest, Optional<FindVPSByLeaseResponse>> database) {
        return new ApiInstance(ENDPOINT, GatewayProcess.SECRET, "api-1", "node-1", database);
    }

    /** Counted when it is served, which is after it is listed. */
    private void awaitRebound(String how) {
        await().until(() -> world.scrape().sum("vps_gateway_healings_total", how) == 1);
    }

    private static Optional<FindVPSByLeaseResponse> found(String vps) {
        return Optional.of(FindVPSByLeaseResponse.newBuilder()
                .setVpsId(vps)
                .setOrganizationId(vps.isEmpty() ? "" : "org-1")
                .build());
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }

    /** As dnsmasq wrote them, but for the time; it must not run. */
    private void expireLeasesAt(Instant end) throws IOException {
        List<String> lines = Files.readAllLines(world.files().leasesFile()).stream()
                .map(line -> line.replaceFirst("^[0-9]+", Long.toString(end.getEpochSecond())))
                .toList();
        Files.write(world.files().leasesFile(), lines);
    }
}
