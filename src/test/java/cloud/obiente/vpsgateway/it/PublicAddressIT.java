package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.lab.VpsLease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.AddStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPRequest;
import cloud.obiente.vpsgateway.v1.AllocatePublicIPResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.IPAllocation;
import cloud.obiente.vpsgateway.v1.ReleasePublicIPResponse;
import cloud.obiente.vpsgateway.v1.RemoveStaticDHCPLeaseRequest;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import io.grpc.Status.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Public addresses from the call to the kernel, and beside private ones. The pool ends at 10.15.3.99. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PublicAddressIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address OUTSIDE = Ipv4Address.parse("203.0.113.7");
    private static final Ipv4Address OUTSIDE_TOO = Ipv4Address.parse("203.0.113.8");
    private static final Ipv4Address INSIDE = Ipv4Address.parse("10.15.3.200");

    private final World world = World.create("public");
    private Api api;

    @BeforeAll
    void startGateway() {
        world.with("GATEWAY_DHCP_POOL_END", "10.15.3.99").start();
        api = world.api();
    }

    @AfterEach
    void tidy() {
        api.list().stream()
                .filter(IPAllocation::getIsPublic)
                .forEach(held -> api.releasePublic(held.getVpsId(), Ipv4Address.parse(held.getIpAddress())));
        world.tidy();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void itIsAnsweredListedAndPinnedBesideThePrivateOne() {
        // Given
        Ipv4Address privateAddress = api.allocate("vps-1", MAC);

        // When
        AllocatePublicIPResponse answer = api.assignPublic("vps-1", MAC, OUTSIDE);

        // Then
        assertThat(answer)
                .isEqualTo(AllocatePublicIPResponse.newBuilder()
                        .setIpAddress(OUTSIDE.toString())
                        .setGateway("203.0.113.1")
                        .setNetmask("24")
                        .setSuccess(true)
                        .setMessage(OUTSIDE + " is pinned to " + MAC)
                        .build());
        assertThat(api.list())
                .extracting(IPAllocation::getIpAddress, IPAllocation::getIsPublic)
                // The private one last: the API's table keeps the last entry of a MAC.
                .containsExactly(tuple(OUTSIDE.toString(), true), tuple(privateAddress.toString(), false));
        assertThat(kernelRules()).contains(OUTSIDE + " . " + MAC);
        assertThat(world.files().reservations()).containsExactly(new Holding("vps-1", privateAddress, MAC));
        assertThat(world.vps("vps-1", MAC).udhcpcOnce()).map(VpsLease::address).hasValue(privateAddress);
    }

    @Test
    void gatewayAndNetmaskAreToldBackAsTheyWereGiven() {
        AllocatePublicIPResponse answer = api.calls()
                .allocatePublicIP(AllocatePublicIPRequest.newBuilder()
                        .setVpsId("vps-1")
                        .setMacAddress(MAC.toString())
                        .setPublicIp("203.0.113.130")
                        .setNetmask("255.255.255.128")
                        .build());

        assertThat(answer.getNetmask()).isEqualTo("255.255.255.128");
        assertThat(answer.getGateway()).isEqualTo("203.0.113.129");
    }

    @Test
    void repeatingItChangesNothingAndNobodyElseGetsIt() {
        // Given
        AllocatePublicIPResponse first = api.assignPublic("vps-1", MAC, OUTSIDE);
        List<IPAllocation> held = api.list();

        // When
        AllocatePublicIPResponse again = api.assignPublic("vps-1", MAC, OUTSIDE);
        Refused other = Refused.by(() -> api.assignPublic("vps-2", OTHER_MAC, OUTSIDE));

        // Then
        assertThat(again).isEqualTo(first);
        assertThat(other.code()).isEqualTo(Code.ALREADY_EXISTS);
        assertThat(other.values()).containsEntry("holder", "vps-1");
        assertThat(api.list())
                .extracting(IPAllocation::getIpAddress)
                .isEqualTo(held.stream().map(IPAllocation::getIpAddress).toList());
    }

    @Test
    void itSurvivesAKillAndIsPinnedAgainWithTheNextStart() {
        // Given
        api.assignPublic("vps-1", MAC, OUTSIDE);
        world.gateway().kill9();
        Command.run(List.of("nft", "flush", "ruleset"));

        // When
        world.start();
        api = world.api();

        // Then
        assertThat(api.list()).singleElement().matches(IPAllocation::getIsPublic);
        assertThat(kernelRules()).contains(OUTSIDE + " . " + MAC);
    }

    @Test
    void releasedItIsPinnedNoMoreAndWhatIsNotThereIsNotFound() {
        // Given
        api.assignPublic("vps-1", MAC, OUTSIDE);
        Refused notIts = Refused.by(() -> api.releasePublic("vps-2", OUTSIDE));

        // When
        assertThat(api.releasePublic("vps-1", OUTSIDE).getSuccess()).isTrue();

        // Then
        assertThat(kernelRules()).doesNotContain(OUTSIDE.toString());
        assertThat(api.list()).isEmpty();
        assertThat(List.of(notIts, Refused.by(() -> api.releasePublic("vps-1", OUTSIDE))))
                .allMatch(refused -> refused.code() == Code.NOT_FOUND);
    }

    @Test
    void whatIsMissingInTheKernelIsNoErrorForARelease() {
        // Given
        api.assignPublic("vps-1", MAC, OUTSIDE);
        Command.run(List.of("nft", "flush", "ruleset"));
        Command.run(List.of("ip", "neigh", "del", OUTSIDE.toString(), "dev", "eth0"));

        // When
        ReleasePublicIPResponse answer = api.releasePublic("vps-1", OUTSIDE);

        // Then
        assertThat(answer.getSuccess()).isTrue();
        assertThat(answer.getMessage()).isEqualTo("released " + OUTSIDE);
        assertThat(kernelRules()).doesNotContain(OUTSIDE.toString());
        assertThat(api.list()).isEmpty();
        assertThat(world.health("ready", "address guard")).isEqualTo("UP");
    }

    @Test
    void aStaticLeaseForAPublicAddressIsTheSame() {
        // When
        addStaticLease(OUTSIDE);

        // Then
        assertThat(api.list()).singleElement().matches(IPAllocation::getIsPublic);
        assertThat(kernelRules()).contains(OUTSIDE + " . " + MAC);

        // When
        removeStaticLease(OUTSIDE);

        // Then
        assertThat(api.list()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"203.0.113.7", "10.15.3.200"})
    void aStaticLeaseForAPublicAddressLeavesThePrivateLeaseAlone(String address) {
        // Given
        Holding privately = new Holding("vps-1", api.allocate("vps-1", MAC), MAC);
        Vps vps = world.bootedVps("vps-1", MAC);
        List<String> leases = leasesOfTheNic();
        assertThat(leases).singleElement().asString().contains(" " + privately.address() + " ");

        // When
        addStaticLease(Ipv4Address.parse(address));

        // Then
        assertThat(api.list()).hasSize(2);
        assertThat(leasesOfTheNic()).isEqualTo(leases);
        assertThat(world.files().reservations()).containsExactly(privately);

        // When
        removeStaticLease(Ipv4Address.parse(address));

        // Then
        assertThat(world.listed()).containsExactly(privately);
        assertThat(leasesOfTheNic()).isEqualTo(leases);
        assertThat(world.files().reservations()).containsExactly(privately);
        assertThat(vps.udhcpcOnce()).map(VpsLease::address).hasValue(privately.address());
    }

    /** As dnsmasq wrote them: a lease that ended, or was given again, would be another line. */
    private List<String> leasesOfTheNic() {
        try {
            return Files.readAllLines(world.files().leasesFile()).stream()
                    .filter(line -> line.contains(MAC.toString()))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void addStaticLease(Ipv4Address publicAddress) {
        api.calls()
                .addStaticDHCPLease(AddStaticDHCPLeaseRequest.newBuilder()
                        .setVpsId("vps-1")
                        .setMacAddress(MAC.toString())
                        .setIpAddress(publicAddress.toString())
                        .setIsPublic(true)
                        .build());
    }

    private void removeStaticLease(Ipv4Address publicAddress) {
        api.calls()
                .removeStaticDHCPLease(RemoveStaticDHCPLeaseRequest.newBuilder()
                        .setVpsId("vps-1")
                        .setMacAddress(MAC.toString())
                        .setIpAddress(publicAddress.toString())
                        .setIsPublic(true)
                        .build());
    }

    @Test
    void inTheServedNetworkDhcpGivesItUntilTheNicHasAPrivateAddress() {
        // Given
        api.assignPublic("vps-1", MAC, INSIDE);
        Vps vps = world.vps("vps-1", MAC);

        // Then
        assertThat(vps.boot()).map(VpsLease::address).hasValue(INSIDE);
        assertThat(world.resolve("vps-1")).containsExactly(INSIDE);

        // When
        Ipv4Address privateAddress = api.allocate("vps-1", MAC);

        // Then
        assertThat(vps.boot()).map(VpsLease::address).hasValue(privateAddress);
        assertThat(world.resolve("vps-1")).containsExactly(privateAddress);
        assertThat(api.list()).hasSize(2);

        // When
        api.releasePublic("vps-1", INSIDE);

        // Then
        assertThat(vps.boot()).map(VpsLease::address).hasValue(privateAddress);
    }

    @Test
    void aListLeavesThePublicAddressesOfAVpsThatItNames() {
        // Given
        Holding privately = new Holding("vps-1", Ipv4Address.parse("10.15.3.50"), MAC);
        api.assignPublic("vps-1", MAC, OUTSIDE);

        // When
        SyncAllocationsResponse withoutAny = api.sync(privately);

        // Then
        assertThat(withoutAny.getRemoved()).isZero();
        assertThat(api.list()).hasSize(2);

        // When
        SyncAllocationsResponse withOthers = api.sync(List.of(
                Api.desired(privately),
                publicly("vps-2", OUTSIDE_TOO, OTHER_MAC),
                publicly("vps-3", Ipv4Address.parse("10.15.3.1"), MAC)));

        // Then
        assertThat(withOthers.getAdded()).isEqualTo(1);
        assertThat(withOthers.getRemoved()).isZero();
        assertThat(withOthers.getSuccess()).isFalse();
        assertThat(withOthers.getMessage()).contains("10.15.3.1").contains("gateway's own host");
        assertThat(api.list())
                .extracting(IPAllocation::getIpAddress)
                .containsExactlyInAnyOrder("10.15.3.50", OUTSIDE.toString(), OUTSIDE_TOO.toString());
        assertThat(kernelRules()).contains(OUTSIDE_TOO + " . " + OTHER_MAC, OUTSIDE + " . " + MAC);
    }

    private static DesiredAllocation publicly(String vps, Ipv4Address address, MacAddress mac) {
        return Api.desired(new Holding(vps, address, mac)).toBuilder()
                .setIsPublic(true)
                .build();
    }

    private static String kernelRules() {
        return Command.run(List.of("nft", "list", "ruleset"));
    }
}
