package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.Adoptions;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the API's list says about VPSs that the gateway has adopted by itself. */
class SyncListTest {
    private static final String CARD = "02:00:00:00:00:01";
    private static final Allocation ADOPTED = new Allocation(
            VpsId.parse("vps-1"),
            OrganizationId.UNKNOWN,
            Ipv4Address.parse("10.0.0.25"),
            Optional.of(MacAddress.parse(CARD)),
            Instant.EPOCH,
            Allocation.Kind.PRIVATE);
    private static final VpsId UNDER_WAY = VpsId.parse("vps-9");
    private static final Adoptions.Unlisted ADOPTIONS = new Adoptions.Unlisted(List.of(ADOPTED), Set.of(UNDER_WAY));

    @Test
    void anEmptyListIsSilentOnEveryAdoption() {
        assertThat(list().silentOn(ADOPTIONS)).isEqualTo(ADOPTIONS);
    }

    @Test
    void anEntryForAnotherVpsIsSilentOnAnAdoption() {
        assertThat(list(entry("vps-2", "10.0.0.26", "02:00:00:00:00:02").build())
                        .silentOn(ADOPTIONS))
                .isEqualTo(ADOPTIONS);
    }

    @Test
    void aPublicEntryIsSilentOnTheAdoptedPrivateAddressOfItsVps() {
        assertThat(list(
                                entry("vps-1", "203.0.113.7", CARD)
                                        .setIsPublic(true)
                                        .build(),
                                entry("vps-9", "203.0.113.8", CARD)
                                        .setIsPublic(true)
                                        .build())
                        .silentOn(ADOPTIONS))
                .isEqualTo(ADOPTIONS);
    }

    @Test
    void aPrivateEntryOfTheAdoptedVpsIsHonoured() {
        Adoptions.Unlisted left = list(
                        entry("vps-1", "10.0.0.30", "").build(),
                        entry("vps-9", "10.0.0.31", "").build())
                .silentOn(ADOPTIONS);
        assertThat(left.vpss()).isEmpty();
    }

    @Test
    void anAdoptionGivesWayToAnotherVpsThatIsListedWithItsAddress() {
        assertThat(list(entry("vps-2", "10.0.0.25", "").build())
                        .silentOn(ADOPTIONS)
                        .made())
                .isEmpty();
    }

    @Test
    void anAdoptionGivesWayToAnotherVpsThatIsListedWithItsCard() {
        assertThat(list(entry("vps-2", "10.0.0.30", CARD).build())
                        .silentOn(ADOPTIONS)
                        .made())
                .isEmpty();
    }

    private static SyncList list(DesiredAllocation... entries) {
        SyncList list = SyncList.read(List.of(entries), Set::of);
        assertThat(list.unreadable()).isEmpty();
        return list;
    }

    private static DesiredAllocation.Builder entry(String vps, String address, String mac) {
        return DesiredAllocation.newBuilder()
                .setVpsId(vps)
                .setOrganizationId("org-1")
                .setIpAddress(address)
                .setMacAddress(mac);
    }
}
