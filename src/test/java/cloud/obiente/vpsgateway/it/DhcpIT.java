package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.lab.DhcpClient.UDHCPC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.DhcpClient;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.LeaseRecord;
import cloud.obiente.vpsgateway.v1.OrgLeaseRecord;
import com.google.protobuf.Timestamp;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.assertj.core.data.TemporalUnitOffset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What VPSs get from DHCP and DNS for what the API has said. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DhcpIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.15.3.77");
    private static final Ipv4Address OTHER_ADDRESS = Ipv4Address.parse("10.15.3.99");
    private static final Duration THREE_SECONDS = Duration.ofSeconds(3);
    /** Of this VPS, as dnsmasq logs it. */
    private static final Pattern DHCP_MESSAGE = Pattern.compile("DHCP[A-Z]+\\(eth0\\) (\\S+ )?" + MAC);

    private static final int TURNS = Effort.of(10, 50);

    private final World world = World.create("dhcp");
    private Api api;

    @BeforeAll
    void startGateway() {
        world.withDnsmasqLog().start();
        api = world.api();
    }

    @AfterEach
    void tidy() {
        world.tidy();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    /** Words that dnsmasq reads as options of a reservation, and labels all the same. */
    @ParameterizedTest
    @ValueSource(strings = {"ignore", "infinite", "12h", "7"})
    void aVpsMayHaveAnyLabelForItsName(String name) {
        // Given
        Ipv4Address reserved = api.allocate(name, MAC);
        Vps vps = world.vps("vps-1", MAC);

        // When
        VpsLease lease = vps.boot().orElseThrow();

        // Then
        assertThat(lease.address()).isEqualTo(reserved);
        assertThat(lease.leaseTime()).isEqualTo(Duration.ofHours(1));
        assertThat(world.resolve(name)).containsExactly(reserved);
    }

    @Tag("smoke")
    @ParameterizedTest
    @EnumSource
    void theFirstDiscoverIsAnsweredWithTheReservedAddressAndItsOptions(DhcpClient client) {
        // Given
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        Vps vps = world.vps("vps-1", MAC);
        int logBefore = world.gateway().output().length();

        // When
        VpsLease lease = vps.boot(client).orElseThrow();

        // Then
        await().untilAsserted(() -> assertThat(DHCP_MESSAGE
                        .matcher(world.gateway().output().substring(logBefore))
                        .results()
                        .map(MatchResult::group))
                .startsWith("DHCPDISCOVER(eth0) " + MAC, "DHCPOFFER(eth0) " + reserved + " " + MAC));
        assertThat(lease.address()).isEqualTo(reserved);
        assertThat(lease.subnet()).hasToString("10.15.3.0/24");
        assertThat(lease.routers()).containsExactly(Lab.GATEWAY);
        assertThat(lease.dnsServers())
                .containsExactly(Lab.GATEWAY, Ipv4Address.parse("1.1.1.1"), Ipv4Address.parse("1.0.0.1"));
        assertThat(lease.domain()).isEqualTo("vps.local");
        assertThat(lease.leaseTime()).isEqualTo(Duration.ofHours(1));
        assertThat(lease.server()).isEqualTo(Lab.GATEWAY);
        assertThat(vps.addresses()).containsExactly(reserved);
    }

    @Test
    void aVpsResolvesItsNeighboursNameAndAddress() {
        // Given
        Ipv4Address neighbour = api.allocate("vps-2", OTHER_MAC);
        api.allocate("vps-1", MAC);

        // When
        Vps vps = world.bootedVps("vps-1", MAC);

        // Then
        assertThat(dig(vps, "vps-2.vps.local")).containsExactly(neighbour.toString());
        assertThat(dig(vps, "+search", "vps-2")).containsExactly(neighbour.toString());
        assertThat(dig(vps, "-x", neighbour.toString())).containsExactly("vps-2.vps.local.");
    }

    @Test
    void aVpsWithoutReservationHearsNothing() {
        // Given
        api.allocate("vps-1", MAC);
        Vps unknownClient = world.vps("unknown", OTHER_MAC);
        double unknown = world.metric("vps_gateway_dhcp_unknown_clients_total");

        // When
        boolean served = unknownClient.dhcpOnce(UDHCPC, THREE_SECONDS).isPresent();

        // Then
        assertThat(served).isFalse();
        await().until(() -> world.metric("vps_gateway_dhcp_unknown_clients_total") > unknown);
    }

    @ParameterizedTest
    @EnumSource
    void anAllocationReachesAClientThatIsAskingAlready(DhcpClient client) {
        // Given
        Vps vps = world.vps("vps-1", MAC);
        double unknown = world.metric("vps_gateway_dhcp_unknown_clients_total");
        vps.startClient(client);
        await().until(() -> world.metric("vps_gateway_dhcp_unknown_clients_total") > unknown);

        // When
        Ipv4Address reserved = api.allocate("vps-1", MAC);

        // Then
        await().until(() -> vps.lease().isPresent());
        assertThat(vps.addresses()).containsExactly(reserved);
    }

    @Test
    void aNewNicTakesTheAddressAlongAndTheOldOneGetsNothing() {
        // Given
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        Vps vps = world.bootedVps("vps-1", MAC);

        // When
        Ipv4Address rebound = api.allocate("vps-1", OTHER_MAC);
        vps.replaceNic(OTHER_MAC);

        // Then
        assertThat(rebound).isEqualTo(reserved);
        assertThat(vps.udhcpcOnce()).map(VpsLease::address).hasValue(reserved);
        assertThat(world.vps("old-nic", MAC).dhcpOnce(UDHCPC, THREE_SECONDS)).isEmpty();
    }

    @Test
    void oneAddressGoesFromVpsToVpsWithoutARefusal() {
        // Given
        Vps first = world.vps("vps-1", MAC);
        Vps second = world.vps("vps-2", OTHER_MAC);
        int logBefore = world.gateway().output().length();

        for (int turn = 0; turn < TURNS; turn++) {
            Vps vps = turn % 2 == 0 ? first : second;

            // When
            api.allocate(vps.name(), vps.mac(), ADDRESS);
            assertThat(vps.udhcpcOnce())
                    .as("turn %d", turn)
                    .map(VpsLease::address)
                    .hasValue(ADDRESS);
            String said = api.release(vps.name()).getMessage();

            // Then
            assertThat(said).startsWith("released " + ADDRESS);
            awaitNoLease();
            assertThat(world.resolve(vps.name())).isEmpty();
        }
        String dnsmasqSaid = world.gateway().output().substring(logBefore);
        assertThat(dnsmasqSaid).contains("DHCPACK(eth0) " + ADDRESS);
        assertThat(dnsmasqSaid).doesNotContain("leased to", "no address available", "DHCPNAK");
    }

    @Test
    void aLeaseAndItsEndShowInAllThreeLists() {
        // Given
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        Instant in24Hours = Instant.now().plus(24, ChronoUnit.HOURS);
        assertThat(instant(onlyAllocation().getLeaseExpires())).isCloseTo(in24Hours, oneMinute());
        awaitNoLease();

        // When
        world.bootedVps("vps-1", MAC);

        // Then
        Instant inOneHour = Instant.now().plus(1, ChronoUnit.HOURS);
        LeaseRecord lease = api.leases().get(0);
        assertThat(lease.getMacAddress()).isEqualTo(MAC.toString());
        assertThat(lease.getIpAddress()).isEqualTo(reserved.toString());
        assertThat(lease.getHostname()).isEqualTo("vps-1");
        assertThat(instant(lease.getExpiresAt())).isCloseTo(inOneHour, oneMinute());
        List<OrgLeaseRecord> ofOrganization = api.orgLeases(Api.ORGANIZATION);
        assertThat(ofOrganization)
                .containsExactly(OrgLeaseRecord.newBuilder()
                        .setVpsId("vps-1")
                        .setOrganizationId(Api.ORGANIZATION)
                        .setMacAddress(MAC.toString())
                        .setIpAddress(reserved.toString())
                        .setExpiresAt(lease.getExpiresAt())
                        .build());
        assertThat(api.orgLeases("org-2")).isEmpty();
        await().untilAsserted(
                        () -> assertThat(onlyAllocation().getLeaseExpires()).isEqualTo(lease.getExpiresAt()));
    }

    @Test
    void anAddressStaysWithAVpsWhateverBecomesOfItsLease() throws IOException {
        // Given a VPS that is switched off, and one that has never been on
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        api.allocate("never-on", OTHER_MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        vps.linkDown();
        List<Holding> before = world.listed();

        // When its lease runs out: dnsmasq itself cannot be made to wait
        world.gateway().terminate();
        String lease = Files.readString(world.files().leasesFile());
        Files.writeString(world.files().leasesFile(), lease.replaceFirst("^[0-9]+", "1700000000"));
        world.start();
        api = world.api();

        // Then
        assertThat(world.listed()).isEqualTo(before).hasSize(2);
        assertThat(api.leases()).isEmpty();
        assertThat(vps.boot()).map(VpsLease::address).hasValue(reserved);
    }

    @Test
    void aDeclineForgedByANeighbourWithholdsNothing() {
        // Given
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        Vps victim = world.bootedVps("vps-1", MAC);
        Vps neighbour = world.vps("vps-2", OTHER_MAC);
        double declines = world.metric("vps_gateway_dhcp_declines_total");

        // When
        neighbour.forgeDecline(MAC, reserved);

        // Then
        await().until(() -> world.metric("vps_gateway_dhcp_declines_total") == declines + 1);
        assertThat(world.gateway().output()).contains("disabling DHCP static address " + reserved);
        assertThat(victim.boot()).map(VpsLease::address).hasValue(reserved);
    }

    @Test
    void aReleaseForgedByANeighbourTakesNoAddressAway() {
        // Given
        Ipv4Address reserved = api.allocate("vps-1", MAC);
        Vps victim = world.bootedVps("vps-1", MAC);
        api.allocate("vps-2", OTHER_MAC);
        Vps neighbour = world.bootedVps("vps-2", OTHER_MAC);

        // When
        neighbour.forgeRelease(MAC, reserved);
        await().until(() -> api.leases().size() == 1);

        // Then
        assertThat(world.listed()).contains(new Holding("vps-1", reserved, MAC));
        assertThat(world.resolve("vps-1")).containsExactly(reserved);
        assertThat(victim.boot()).map(VpsLease::address).hasValue(reserved);
    }

    @Test
    void aStaticLeaseMovesAVpsAndFreesItsFormerAddress() {
        // Given
        api.allocate("vps-1", MAC, ADDRESS);
        Vps vps = world.bootedVps("vps-1", MAC);

        // When
        api.bind("vps-1", MAC, OTHER_ADDRESS);
        api.bind("vps-2", OTHER_MAC, ADDRESS);

        // Then
        assertThat(vps.boot()).map(VpsLease::address).hasValue(OTHER_ADDRESS);
        assertThat(world.vps("vps-2", OTHER_MAC).udhcpcOnce())
                .map(VpsLease::address)
                .hasValue(ADDRESS);
        assertThat(world.resolve("vps-1")).containsExactly(OTHER_ADDRESS);
    }

    @Test
    void aRemovedStaticLeaseLeavesNothing() {
        // Given
        api.bind("vps-1", MAC, ADDRESS);
        Vps vps = world.bootedVps("vps-1", MAC);

        // When
        api.unbind("vps-1", MAC, ADDRESS);

        // Then
        assertThat(api.list()).isEmpty();
        awaitNoLease();
        assertThat(world.resolve("vps-1")).isEmpty();
        assertThat(vps.dhcpOnce(UDHCPC, THREE_SECONDS)).isEmpty();
    }

    /** On a busy machine a lease may outlive the answer to what ends it, by little. */
    private void awaitNoLease() {
        await().pollDelay(Duration.ZERO).until(() -> api.leases().isEmpty());
    }

    private IPAllocation onlyAllocation() {
        List<IPAllocation> all = api.list();
        assertThat(all).hasSize(1);
        return all.get(0);
    }

    /** What the VPS's own resolver gives for a name. */
    private static List<String> dig(Vps vps, String... question) {
        String[] command = new String[question.length + 2];
        command[0] = "dig";
        command[1] = "+short";
        System.arraycopy(question, 0, command, 2, question.length);
        return vps.exec(command).lines().toList();
    }

    private static Instant instant(Timestamp timestamp) {
        return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
    }

    private static TemporalUnitOffset oneMinute() {
        return within(1, ChronoUnit.MINUTES);
    }
}
