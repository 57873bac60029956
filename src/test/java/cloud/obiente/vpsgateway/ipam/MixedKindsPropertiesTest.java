package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.SyncReport.Rejected;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Private and public allocations over few VPSs, MACs and addresses: neither kind ever disturbs the other. */
class MixedKindsPropertiesTest {
    private static final AddressPool POOL = pool("10.0.0.1", "10.0.0.9", "10.0.0.5");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private record Synced(IpamSnapshot state, SyncReport report, List<Change> changes) {}

    @Property(tries = 2000)
    void aMixedListConvergesAndASecondOneChangesNothing(
            @ForAll("lists") List<DesiredAllocation> held,
            @ForAll("lists") List<DesiredAllocation> desired,
            @ForAll("vpsSets") Set<VpsId> untouched) {
        IpamSnapshot before = sync(empty(), held, Set.of()).state();

        Synced first = sync(before, desired, untouched);
        assertThat(first.report().added()
                        + first.report().changed()
                        + first.report().unchanged()
                        + first.report().rejected().size())
                .isEqualTo(desired.size());
        assertThat(publics(first.state()))
                .allMatch(allocation -> allocation.mac().isPresent());
        assertThat(publics(first.state())).noneMatch(allocation -> POOL.range().contains(allocation.address()));

        Synced second = sync(first.state(), desired, untouched);
        assertThat(second.changes()).isEmpty();
        assertThat(second.report().rejected())
                .extracting(Rejected::desired)
                .containsExactlyElementsOf(first.report().rejected().stream()
                        .map(Rejected::desired)
                        .toList());
    }

    @Property(tries = 1000)
    void thePrivatePartOfAListIsWhatItIsWithoutThePublicOne(
            @ForAll("lists") List<DesiredAllocation> held, @ForAll("lists") List<DesiredAllocation> desired) {
        IpamSnapshot before = sync(empty(), held, Set.of()).state();
        List<DesiredAllocation> privatePart =
                desired.stream().filter(DesiredAllocation::isPrivate).toList();

        Synced whole = sync(before, desired, Set.of());
        Synced part = sync(before, privatePart, Set.of());

        assertThat(whole.state().allPrivate()).isEqualTo(part.state().allPrivate());
        assertThat(publics(part.state())).isEqualTo(publics(before));
    }

    @Property(tries = 1000)
    void whoIsListedInVainLosesNoPublicAddress(
            @ForAll("lists") List<DesiredAllocation> held, @ForAll("lists") List<DesiredAllocation> desired) {
        IpamSnapshot before = sync(empty(), held, Set.of()).state();

        Synced synced = sync(before, desired, Set.of());

        for (Rejected rejected : synced.report().rejected()) {
            if (!rejected.desired().isPrivate()) {
                VpsId vps = rejected.desired().vps();
                assertThat(addressesOf(vps, synced.state())).containsAll(addressesOf(vps, before));
            }
        }
    }

    @Property(tries = 1000)
    void commandsOfOneKindLeaveTheOtherAlone(
            @ForAll("lists") List<DesiredAllocation> held,
            @ForAll("publicEntries") DesiredAllocation wanted,
            @ForAll("privateEntries") DesiredAllocation claimed) {
        IpamSnapshot before = sync(empty(), held, Set.of()).state();
        MacAddress mac = wanted.mac().orElseThrow();

        IpamSnapshot assigned = after(
                before,
                new AssignPublicDecision(
                        new AssignPublicCommand(wanted.vps(), wanted.organization(), mac, wanted.address())));
        assertThat(assigned.allPrivate()).isEqualTo(before.allPrivate());
        IpamSnapshot released = after(
                assigned,
                new ReleasePublicDecision(
                        new ReleasePublicCommand(claimed.address(), Optional.empty(), Optional.empty())));
        assertThat(released.allPrivate()).isEqualTo(before.allPrivate());

        IpamSnapshot unbound = after(
                assigned,
                new UnbindDecision(
                        new UnbindCommand(Optional.empty(), Optional.of(mac), Optional.of(wanted.address()))));
        assertThat(publics(unbound)).isEqualTo(publics(assigned));
        IpamSnapshot bound = after(
                assigned,
                new BindDecision(new BindCommand(claimed.vps(), claimed.organization(), mac, claimed.address())));
        assertThat(publics(bound)).isEqualTo(publics(assigned));
    }

    @Property(tries = 1000)
    void anAssignmentTakenBackLeavesWhatThereWas(
            @ForAll("lists") List<DesiredAllocation> held, @ForAll("publicEntries") DesiredAllocation wanted) {
        IpamSnapshot before = sync(empty(), held, Set.of()).state();
        Outcome<Allocation> outcome = new AssignPublicDecision(new AssignPublicCommand(
                        wanted.vps(), wanted.organization(), wanted.mac().orElseThrow(), wanted.address()))
                .decide(before, NOW);
        if (outcome instanceof Outcome.Done<Allocation> done) {
            IpamSnapshot assigned = before.after(done.changes(), NOW);
            assertThat(after(assigned, new TakeBackDecision(done.changes())).all())
                    .isEqualTo(before.all());
        }
    }

    private static <T> IpamSnapshot after(IpamSnapshot state, Decision<T> decision) {
        return decision.decide(state, NOW) instanceof Outcome.Done<T> done ? state.after(done.changes(), NOW) : state;
    }

    private static IpamSnapshot empty() {
        return SnapshotBuilder.load(
                new IpamSettings(POOL, IpamFixture.QUARANTINE), new StoredState(List.of(), List.of()));
    }

    private static Synced sync(IpamSnapshot state, List<DesiredAllocation> desired, Set<VpsId> untouched) {
        Outcome.Done<SyncReport> done = (Outcome.Done<SyncReport>)
                new SyncDecision(new SyncArrival(new HashSet<>(), Set::of), desired, untouched).decide(state, NOW);
        return new Synced(state.after(done.changes(), NOW), done.value(), done.changes());
    }

    private static List<Allocation> publics(IpamSnapshot state) {
        return state.allPublic();
    }

    private static List<Ipv4Address> addressesOf(VpsId vps, IpamSnapshot state) {
        return publics(state).stream()
                .filter(allocation -> allocation.vps().equals(vps))
                .map(Allocation::address)
                .toList();
    }

    @Provide
    Arbitrary<List<DesiredAllocation>> lists() {
        return Arbitraries.oneOf(privateEntries(), publicEntries())
                .list()
                .ofMaxSize(10)
                .map(ArrayList::new);
    }

    @Provide
    Arbitrary<Set<VpsId>> vpsSets() {
        return vpses().set().ofMaxSize(2);
    }

    @Provide
    Arbitrary<DesiredAllocation> privateEntries() {
        Arbitrary<Ipv4Address> addresses = Arbitraries.integers().between(0, 10).map(IpamFixture.ip("10.0.0.0")::plus);
        return Combinators.combine(vpses(), addresses, macs().optional())
                .as((vps, address, mac) ->
                        new DesiredAllocation(vps, OrganizationId.UNKNOWN, address, mac, Allocation.Kind.PRIVATE));
    }

    /** Mostly beyond the pool; some in it, which must be refused. */
    @Provide
    Arbitrary<DesiredAllocation> publicEntries() {
        Arbitrary<Ipv4Address> addresses = Arbitraries.integers().between(8, 14).map(IpamFixture.ip("10.0.0.0")::plus);
        return Combinators.combine(vpses(), addresses, macs())
                .as((vps, address, mac) -> new DesiredAllocation(
                        vps, OrganizationId.UNKNOWN, address, Optional.of(mac), Allocation.Kind.PUBLIC));
    }

    private static Arbitrary<VpsId> vpses() {
        return Arbitraries.integers().between(1, 5).map(i -> VpsId.parse("vps-" + i));
    }

    private static Arbitrary<MacAddress> macs() {
        return Arbitraries.longs().between(1, 6).map(i -> new MacAddress(0x020000000000L + i));
    }
}
