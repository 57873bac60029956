package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.optionalAddress;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.optionalMac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Private commands and public addresses keep out of each other's way. */
class PublicAllocationTest {
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final Allocation OUTSIDE = publicAllocation("203.0.113.7");
    private static final Allocation INSIDE = publicAllocation("10.0.0.1");
    private final IpamSnapshot state = SnapshotBuilder.load(
            new IpamSettings(pool("10.0.0.1", "10.0.0.3"), IpamFixture.QUARANTINE),
            new StoredState(List.of(OUTSIDE, INSIDE), List.of()));

    @Test
    void theyAreFoundByAddressButAreNobodysPrivateAddress() {
        assertThat(state.at(OUTSIDE.address())).contains(OUTSIDE);
        assertThat(state.privateOf(VPS)).isEmpty();
        assertThat(state.ofMac(OUTSIDE.mac().orElseThrow())).isEmpty();
        assertThat(state.stranded()).isEmpty();
        assertThat(state.poolAvailable()).isEqualTo(2);
    }

    @Test
    void aVpsWithPublicAddressesGetsAPrivateOneForTheSameCard() {
        AllocateCommand command =
                new AllocateCommand(VPS, OrganizationId.UNKNOWN, optionalMac(mac(1)), Optional.empty());
        assertThat(done(new AllocateDecision(command).decide(state, Instant.EPOCH))
                        .address())
                .isEqualTo(ip("10.0.0.2"));
    }

    @Test
    void theirAddressIsTakenEvenForTheirHolder() {
        AllocateCommand command =
                new AllocateCommand(VPS, OrganizationId.UNKNOWN, Optional.empty(), Optional.of(INSIDE.address()));
        Refusal refusal = refusal(new AllocateDecision(command).decide(state, Instant.EPOCH));
        assertThat(refusal.reason()).isEqualTo(Reason.ADDRESS_TAKEN);
        assertThat(refusal.message()).contains("public");
    }

    @Test
    void aReleaseOfPrivateAddressesDoesNotFindThem() {
        ReleaseCommand command = new ReleaseCommand(VPS, optionalAddress("203.0.113.7"));
        Refusal refusal = refusal(new ReleaseDecision(command).decide(state, Instant.EPOCH));
        assertThat(refusal.reason()).isEqualTo(Reason.NOT_FOUND);
        assertThat(refusal.message()).contains("is a public address of vps-1");
    }

    @Test
    void anUnbindDoesNotFindThem() {
        UnbindCommand command = new UnbindCommand(Optional.empty(), Optional.empty(), Optional.of(OUTSIDE.address()));
        assertThat(refusal(new UnbindDecision(command).decide(state, Instant.EPOCH))
                        .reason())
                .isEqualTo(Reason.NOT_FOUND);
    }

    @Test
    void aSyncLeavesThemAloneAndDoesNotGiveTheirAddressAway() {
        DesiredAllocation entry = IpamFixture.desired("vps-2", "10.0.0.1");
        Outcome<SyncReport> outcome = new SyncDecision(
                        new SyncArrival(new HashSet<>(), Set::of), List.of(entry), Set.of())
                .decide(state, Instant.EPOCH);
        assertThat(done(outcome).removed()).isZero();
        assertThat(done(outcome).rejected()).singleElement().satisfies(rejected -> assertThat(rejected.why())
                .contains("vps-1", "public"));
    }

    private static Allocation publicAllocation(String address) {
        return new Allocation(
                VPS, OrganizationId.UNKNOWN, ip(address), optionalMac(mac(1)), Instant.EPOCH, Allocation.Kind.PUBLIC);
    }
}
