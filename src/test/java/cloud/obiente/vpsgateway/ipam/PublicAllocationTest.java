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
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Private commands and public addresses keep out of each other's way. */
class PublicAllocationTest {
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final Allocation OUTSIDE = publicAllocation("203.0.113.7");
    private static final Allocation INSIDE = publicAllocation("10.0.0.1");
    private final IpamSnapshot state = SnapshotBuilder.load(
            new IpamSettings(pool("10.0.0.1", "10.0.0.3"), IpamFixture.QUARANTINE),
            Batches.stored(List.of(OUTSIDE, INSIDE), List.of()));

    @Test
    void theyAreFoundByAddressButAreNobodysPrivateAddress() {
        assertThat(state.at(OUTSIDE.address())).contains(OUTSIDE);
        assertThat(state.privateOf(VPS)).isEmpty();
        assertThat(state.ofMac(OUTSIDE.mac().orElseThrow())).isEmpty();
        assertThat(state.stranded()).isEmpty();
        assertThat(state.poolAvailable()).isEqualTo(2);
    }

    @Test
    void aVpsWithPublicAddressesGetsAPrivateOneForTheSameNic() {
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
        assertThat(refusal.reason()).isEqualTo(RefusalReason.ADDRESS_TAKEN);
        assertThat(refusal.message()).contains("public");
    }

    @Test
    void aReleaseOfPrivateAddressesDoesNotFindThem() {
        ReleaseCommand command = new ReleaseCommand(VPS, optionalAddress("203.0.113.7"));
        Refusal refusal = refusal(new ReleaseDecision(command).decide(state, Instant.EPOCH));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.NOT_FOUND);
        assertThat(refusal.message()).contains("is a public address of vps-1");
    }

    @Test
    void anUnbindDoesNotFindThem() {
        UnbindCommand command = new UnbindCommand(Optional.empty(), Optional.empty(), Optional.of(OUTSIDE.address()));
        assertThat(refusal(new UnbindDecision(command).decide(state, Instant.EPOCH))
                        .reason())
                .isEqualTo(RefusalReason.NOT_FOUND);
    }

    @Test
    void theSameRequestAgainChangesNothing() {
        Outcome<Allocation> again = assign("vps-1", 1, "203.0.113.7");
        assertThat(again).isEqualTo(new Outcome.Done<>(OUTSIDE, List.of()));
    }

    @Test
    void theirHolderMayMoveThemToAnotherNic() {
        assertThat(done(assign("vps-1", 2, "203.0.113.7")).mac()).isEqualTo(optionalMac(mac(2)));
    }

    @Test
    void anotherVpsIsRefusedAndTheHolderNamed() {
        Refusal refusal = refusal(assign("vps-2", 2, "203.0.113.7"));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.ADDRESS_TAKEN);
        assertThat(refusal.details()).containsEntry("holder", "vps-1");
    }

    @Test
    void addressesOfThePoolAreRefusedButMayStayWhereThePoolCameLater() {
        assertThat(refusal(assign("vps-1", 1, "10.0.0.3")).reason()).isEqualTo(RefusalReason.NOT_PUBLIC);
        assertThat(done(assign("vps-1", 1, "10.0.0.1"))).isEqualTo(INSIDE);
    }

    @Test
    void onlyWhatWasMeantIsReleased() {
        assertThat(done(release("203.0.113.7", "vps-1", 1))).containsExactly(OUTSIDE);
        assertThat(refusal(release("203.0.113.7", "vps-2", 1)).message())
                .isEqualTo("203.0.113.7 is held by vps-1 with " + mac(1));
        assertThat(refusal(release("203.0.113.7", "vps-1", 2)).reason()).isEqualTo(RefusalReason.NOT_FOUND);
        assertThat(refusal(release("203.0.113.8", "vps-1", 1)).message()).isEqualTo("203.0.113.8 is not allocated");
    }

    @Test
    void whatAnotherCommandHasBuiltUponIsNotTakenBack() {
        Outcome.Done<Allocation> given = (Outcome.Done<Allocation>) assign("vps-1", 2, "203.0.113.7");
        assertThat(refusal(new RevertDecision(given.changes()).decide(state, Instant.EPOCH))
                        .reason())
                .isEqualTo(RefusalReason.CONFLICT);
    }

    private Outcome<Allocation> assign(String vps, int nic, String address) {
        AssignPublicCommand command = new AssignPublicCommand(
                VpsId.parse(vps), OrganizationId.UNKNOWN, optionalMac(mac(nic)).orElseThrow(), ip(address));
        return new AssignPublicDecision(command).decide(state, Instant.EPOCH);
    }

    private Outcome<List<Allocation>> release(String address, String vps, int nic) {
        ReleasePublicCommand command =
                new ReleasePublicCommand(ip(address), Optional.of(VpsId.parse(vps)), optionalMac(mac(nic)));
        return new ReleasePublicDecision(command).decide(state, Instant.EPOCH);
    }

    private static Allocation publicAllocation(String address) {
        return new Allocation(
                VPS, OrganizationId.UNKNOWN, ip(address), optionalMac(mac(1)), Instant.EPOCH, Allocation.Kind.PUBLIC);
    }
}
