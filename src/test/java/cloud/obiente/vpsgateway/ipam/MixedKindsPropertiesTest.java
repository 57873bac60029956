package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

    @Property(tries = 1000)
    void commandsOfOneKindLeaveTheOtherAlone(
            @ForAll("holdings") List<Allocation> held,
            @ForAll("publics") Allocation wanted,
            @ForAll("privates") Allocation claimed) {
        IpamSnapshot before = state(held);
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
        assertThat(unbound.allPublic()).isEqualTo(assigned.allPublic());
        IpamSnapshot bound = after(
                assigned,
                new BindDecision(new BindCommand(claimed.vps(), claimed.organization(), mac, claimed.address())));
        assertThat(publicAddresses(bound)).isEqualTo(publicAddresses(assigned));
    }

    @Property(tries = 1000)
    void anAssignmentTakenBackLeavesWhatThereWas(
            @ForAll("holdings") List<Allocation> held, @ForAll("publics") Allocation wanted) {
        IpamSnapshot before = state(held);
        Outcome<Allocation> outcome = new AssignPublicDecision(new AssignPublicCommand(
                        wanted.vps(), wanted.organization(), wanted.mac().orElseThrow(), wanted.address()))
                .decide(before, NOW);
        if (outcome instanceof Outcome.Done<Allocation> done) {
            IpamSnapshot assigned = before.withChanges(done.changes(), NOW);
            assertThat(after(assigned, new RevertDecision(done.changes())).all())
                    .isEqualTo(before.all());
        }
    }

    private static <T> IpamSnapshot after(IpamSnapshot state, Decision<T> decision) {
        return decision.decide(state, NOW) instanceof Outcome.Done<T> done
                ? state.withChanges(done.changes(), NOW)
                : state;
    }

    /** Of allocations that contradict each other the first counts. */
    private static IpamSnapshot state(List<Allocation> allocations) {
        IpamSnapshot state = SnapshotBuilder.load(
                new IpamSettings(POOL, IpamFixture.QUARANTINE), Batches.stored(List.of(), List.of()));
        for (Allocation allocation : allocations) {
            boolean taken = state.at(allocation.address()).isPresent()
                    || allocation.isPrivate()
                            && (state.privateOf(allocation.vps()).isPresent()
                                    || allocation.mac().flatMap(state::ofMac).isPresent());
            state = taken ? state : state.withChanges(List.of(AllocationChange.added(allocation)), NOW);
        }
        return state;
    }

    private static List<Ipv4Address> publicAddresses(IpamSnapshot state) {
        return state.allPublic().stream().map(Allocation::address).toList();
    }

    @Provide
    Arbitrary<List<Allocation>> holdings() {
        return Arbitraries.oneOf(privates(), publics()).list().ofMaxSize(10);
    }

    @Provide
    Arbitrary<Allocation> privates() {
        Arbitrary<Ipv4Address> addresses =
                Arbitraries.integers().between(1, 9).filter(i -> i != 5).map(IpamFixture.ip("10.0.0.0")::plus);
        return Combinators.combine(vpses(), addresses, macs())
                .as((vps, address, mac) -> new Allocation(
                        vps, OrganizationId.UNKNOWN, address, Optional.of(mac), NOW, Allocation.Kind.PRIVATE));
    }

    @Provide
    Arbitrary<Allocation> publics() {
        Arbitrary<Ipv4Address> addresses =
                Arbitraries.integers().between(10, 14).map(IpamFixture.ip("10.0.0.0")::plus);
        return Combinators.combine(vpses(), addresses, macs())
                .as((vps, address, mac) -> new Allocation(
                        vps, OrganizationId.UNKNOWN, address, Optional.of(mac), NOW, Allocation.Kind.PUBLIC));
    }

    private static Arbitrary<VpsId> vpses() {
        return Arbitraries.integers().between(1, 5).map(i -> VpsId.parse("vps-" + i));
    }

    private static Arbitrary<MacAddress> macs() {
        return Arbitraries.longs().between(1, 6).map(i -> new MacAddress(0x020000000000L + i));
    }
}
