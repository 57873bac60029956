package cloud.obiente.vpsgateway.hostnet.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.InterfaceName;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The guard of a gateway that VPSs reach through a network: real kernel, real packets. */
class GuardIT extends GuardFixture {
    @Test
    void aBridgeThatIsNotThereIsSaidAndTheRestIsGuarded() throws Exception {
        // Given
        decide(toOwner());
        guard = guard(GuardScope.PUBLIC_ONLY, Optional.of(new InterfaceName("vmbr9")));

        // When
        assertThatThrownBy(this::publish)
                .hasRootCauseMessage("frames between VPSs are not checked: vmbr9 is no bridge of"
                        + " this host (create it, or correct GATEWAY_GUARD_BRIDGE)");

        // Then
        assertThat(guard.status().enforced()).isFalse();
        assertThat(run("nft", "list set inet vps_gateway owners")).contains(ADDRESS);
    }

    @Test
    void withoutGuardAnybodyCanTakeTheAddress() {
        owner.linkDown();
        take(mallory);

        assertThat(reachesGateway(mallory)).isTrue();
    }

    @Test
    void onlyTheOwnerCanSendFromAGuardedAddress() throws Exception {
        decide(toOwner());
        publish();
        assertThat(reachesGateway(owner)).isTrue();

        owner.linkDown();
        take(mallory);
        assertThat(isShutOut(mallory)).isTrue();

        check();
        assertThat(noted.drops.get(VpsId.parse("vps-1"))).isPositive();
    }

    @Test
    void otherAddressesAreLeftAlone() throws Exception {
        decide(toOwner());
        publish();

        mallory.exec("ip", "address", "add", "10.15.3.77/24", "dev", "eth0");

        assertThat(reachesGateway(mallory)).isTrue();
        try (Socket loopback = new Socket(InetAddress.getLoopbackAddress(), door.getLocalPort())) {
            assertThat(loopback.isConnected()).isTrue();
        }
    }

    @Test
    void arpOfAForgerIsNotBelieved() throws Exception {
        decide(Held.privately("vps-1", ADDRESS, OWNER));
        guard = guard(GuardScope.PRIVATE_TOO);
        publish();
        take(mallory);

        owner.linkDown();
        assertThat(isShutOut(mallory)).isTrue();

        assertThat(neighbour()).doesNotContain(MALLORY.toString());
        assertThat(run("nft", "list", "set", "arp", "vps_gateway", "offenders")).contains(ADDRESS + " . " + MALLORY);
    }

    @Test
    void publicAddressHasAPermanentNeighbourWhereItIsRouted() throws Exception {
        decide(toOwner());
        publish();

        assertThat(neighbour()).contains("dev eth0 lladdr " + OWNER + " PERMANENT");
    }

    @Test
    void guardedAddressWithoutKnownNicIsNobodys() throws Exception {
        decide(Held.withoutNic("vps-1", ADDRESS, Allocation.Kind.PUBLIC));
        publish();

        assertThat(isShutOut(owner)).isTrue();
    }

    @Test
    void addressFollowsToAnotherNic() throws Exception {
        decide(toOwner());
        publish();
        decide(Held.publicly("vps-2", ADDRESS, MALLORY));
        publish();

        assertThat(isShutOut(owner)).isTrue();
        owner.linkDown();
        take(mallory);
        assertThat(reachesGateway(mallory)).isTrue();
        assertThat(neighbour()).contains("lladdr " + MALLORY);
    }

    @Test
    void releaseLeavesNothing() throws Exception {
        decide(toOwner());
        publish();
        owner.linkDown();
        take(mallory);
        assertThat(isShutOut(mallory)).isTrue();
        decide();
        publish();

        assertThat(run("nft", "list", "ruleset").replaceAll("(?s)set offenders \\{.*?\n\t}", ""))
                .doesNotContain(ADDRESS);
        assertThat(neighbour()).doesNotContain("PERMANENT");
        assertThat(reachesGateway(mallory)).isTrue();
        assertThat(check()).isEmpty();
    }

    @Test
    void releaseForgetsTheAddresssConnections() throws Exception {
        run(
                "nft",
                "add table inet tracking; add chain inet tracking c { type filter hook prerouting priority 0; };"
                        + " add rule inet tracking c ct state new accept");
        decide(toOwner());
        publish();
        assertThat(reachesGateway(owner)).isTrue();
        assertThat(run("conntrack", "-L")).contains(ADDRESS);

        decide();
        publish();

        assertThat(run("conntrack", "-L")).doesNotContain(ADDRESS);
    }
}
