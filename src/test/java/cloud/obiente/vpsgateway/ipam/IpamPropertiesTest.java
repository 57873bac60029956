package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.SyncReport.Rejected;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Random commands over few VPSs, MACs and addresses, so that they meet often. */
class IpamPropertiesTest {
    private static final AddressPool POOL = pool("10.0.0.1", "10.0.0.9", "10.0.0.1", "10.0.0.5");
    private static final Caller CALLER = Caller.of("property");

    /** A command that a sequence is made of; named so that a failure can be read. */
    private record Step(String name, Consumer<IpamFixture> run) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Property(tries = 80)
    void rulesHoldAfterEveryCommandAndTheFileSaysTheSame(@ForAll("steps") List<Step> steps) throws IOException {
        Path directory = Files.createTempDirectory("ipam-property");
        try (IpamFixture ipam = new IpamFixture(directory, POOL)) {
            for (Step step : steps) {
                step.run().accept(ipam);
                rulesHold(ipam.snapshot());
                ipam.clock.advance(Duration.ofMinutes(7));
            }
            IpamSnapshot live = ipam.snapshot();
            IpamSnapshot stored = ipam.reopened().snapshot();
            assertThat(stored.all()).isEqualTo(live.all());
            assertThat(stored.released()).isEqualTo(live.released());
            assertThat(stored.allocatedInPool()).isEqualTo(live.allocatedInPool());
            assertThat(stored.nextFree()).isEqualTo(live.nextFree());
        } finally {
            delete(directory);
        }
    }

    @Property(tries = 2000)
    void syncConvergesAndASecondOneChangesNothing(
            @ForAll("lists") List<DesiredAllocation> held,
            @ForAll("lists") List<DesiredAllocation> desired,
            @ForAll("vpsSets") Set<VpsId> untouched) {
        ManualClock clock = new ManualClock();
        IpamSnapshot empty = SnapshotBuilder.load(
                new IpamSettings(POOL, IpamFixture.QUARANTINE), new StoredState(List.of(), List.of()));
        IpamSnapshot before = sync(empty, held, Set.of(), clock).state();

        Synced first = sync(before, desired, untouched, clock);
        rulesHold(first.state());
        countsAreExact(before, first);
        everyEntryIsHonouredOrRejected(before, desired, first);
        onlyTheListedAndTheUntouchedAreLeft(before, desired, untouched, first.state());

        clock.advance(Duration.ofMinutes(1));
        Synced second = sync(first.state(), desired, untouched, clock);
        assertThat(second.changes()).isEmpty();
        assertThat(second.report().rejected())
                .extracting(Rejected::desired)
                .containsExactlyElementsOf(first.report().rejected().stream()
                        .map(Rejected::desired)
                        .toList());
    }

    @Property(tries = 500)
    void changesTakenBackInReverseOrderLeadBack(
            @ForAll("lists") List<DesiredAllocation> held, @ForAll("lists") List<DesiredAllocation> desired) {
        ManualClock clock = new ManualClock();
        IpamSnapshot empty = SnapshotBuilder.load(
                new IpamSettings(POOL, IpamFixture.QUARANTINE), new StoredState(List.of(), List.of()));
        IpamSnapshot before = sync(empty, held, Set.of(), clock).state();
        Synced synced = sync(before, desired, Set.of(), clock);
        List<Change> inverse = synced.changes().stream().map(Change::inverse).toList();
        assertThat(synced.state().after(inverse, clock.instant()).all()).isEqualTo(before.all());
    }

    private record Synced(IpamSnapshot state, SyncReport report, List<Change> changes) {}

    private static Synced sync(
            IpamSnapshot state, List<DesiredAllocation> desired, Set<VpsId> untouched, ManualClock clock) {
        Outcome<SyncReport> outcome = new SyncDecision(new SyncArrival(new HashSet<>(), Set::of), desired, untouched)
                .decide(state, clock.instant());
        Outcome.Done<SyncReport> done = (Outcome.Done<SyncReport>) outcome;
        return new Synced(state.after(done.changes(), clock.instant()), done.value(), done.changes());
    }

    private static void rulesHold(IpamSnapshot snapshot) {
        List<Allocation> all = snapshot.all();
        assertThat(all).extracting(Allocation::address).doesNotHaveDuplicates().allMatch(POOL::contains);
        assertThat(all).extracting(Allocation::vps).doesNotHaveDuplicates();
        assertThat(all.stream().flatMap(a -> a.mac().stream())).doesNotHaveDuplicates();
        for (Allocation allocation : all) {
            assertThat(snapshot.privateOf(allocation.vps())).contains(allocation);
            assertThat(snapshot.at(allocation.address())).contains(allocation);
            allocation.mac().ifPresent(mac -> assertThat(snapshot.ofMac(mac)).contains(allocation));
        }
        assertThat(snapshot.released())
                .extracting(ReleasedAddress::address)
                .doesNotHaveDuplicates()
                .allMatch(address -> snapshot.at(address).isEmpty());
        assertThat(snapshot.allocatedInPool()).isEqualTo(all.size());
        assertThat(snapshot.poolAvailable()).isEqualTo(POOL.size() - all.size());
        assertThat(snapshot.nextFree().isPresent()).isEqualTo(snapshot.poolAvailable() > 0);
        snapshot.nextFree()
                .ifPresent(address -> assertThat(snapshot.at(address)).isEmpty());
    }

    private static void countsAreExact(IpamSnapshot before, Synced synced) {
        Map<VpsId, Allocation> old = byVps(before);
        Map<VpsId, Allocation> now = byVps(synced.state());
        assertThat(synced.report().added()).isEqualTo((int)
                now.keySet().stream().filter(vps -> !old.containsKey(vps)).count());
        assertThat(synced.report().removed()).isEqualTo((int)
                old.keySet().stream().filter(vps -> !now.containsKey(vps)).count());
        assertThat(synced.report().changed()).isEqualTo((int) old.entrySet().stream()
                .filter(entry -> now.containsKey(entry.getKey())
                        && !now.get(entry.getKey()).equals(entry.getValue()))
                .count());
    }

    private static void everyEntryIsHonouredOrRejected(
            IpamSnapshot before, List<DesiredAllocation> desired, Synced synced) {
        SyncReport report = synced.report();
        assertThat(report.added()
                        + report.changed()
                        + report.unchanged()
                        + report.rejected().size())
                .isEqualTo(desired.size());
        List<DesiredAllocation> open = new ArrayList<>(desired);
        report.rejected().forEach(rejected -> open.remove(rejected.desired()));
        for (DesiredAllocation honoured : open) {
            Allocation now = synced.state().privateOf(honoured.vps()).orElseThrow();
            assertThat(now.address()).isEqualTo(honoured.address());
            assertThat(now.mac()).isEqualTo(honoured.mac().or(() -> before.privateOf(honoured.vps())
                    .flatMap(Allocation::mac)));
        }
        Set<VpsId> honouredVpses = new HashSet<>();
        open.forEach(entry -> honouredVpses.add(entry.vps()));
        for (Rejected rejected : report.rejected()) {
            assertThat(rejected.why()).isNotBlank();
            VpsId vps = rejected.desired().vps();
            if (!honouredVpses.contains(vps)) {
                assertThat(synced.state().privateOf(vps)).isEqualTo(before.privateOf(vps));
            }
        }
    }

    private static void onlyTheListedAndTheUntouchedAreLeft(
            IpamSnapshot before, List<DesiredAllocation> desired, Set<VpsId> untouched, IpamSnapshot after) {
        Set<VpsId> listed = new HashSet<>();
        desired.forEach(entry -> listed.add(entry.vps()));
        assertThat(after.all()).allMatch(a -> listed.contains(a.vps()) || untouched.contains(a.vps()));
        for (VpsId vps : untouched) {
            if (!listed.contains(vps)) {
                assertThat(after.privateOf(vps)).isEqualTo(before.privateOf(vps));
            }
        }
    }

    private static Map<VpsId, Allocation> byVps(IpamSnapshot snapshot) {
        Map<VpsId, Allocation> byVps = new HashMap<>();
        snapshot.all().forEach(allocation -> byVps.put(allocation.vps(), allocation));
        return byVps;
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.oneOf(allocates(), allocates(), releases(), binds(), unbinds(), syncs())
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<DesiredAllocation>> lists() {
        return Combinators.combine(vpses(), organizations(), addresses(), macs().optional())
                .as((vps, organization, address, mac) ->
                        new DesiredAllocation(vps, organization, address, mac, Allocation.Kind.PRIVATE))
                .list()
                .ofMaxSize(9);
    }

    @Provide
    Arbitrary<Set<VpsId>> vpsSets() {
        return vpses().set().ofMaxSize(2);
    }

    private Arbitrary<Step> allocates() {
        return Combinators.combine(
                        vpses(), organizations(), macs().optional(), addresses().optional(0.3))
                .as(AllocateCommand::new)
                .map(command -> step(command, ipam -> ipam.allocate(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> releases() {
        return Combinators.combine(vpses(), addresses().optional(0.3))
                .as(ReleaseCommand::new)
                .map(command -> step(command, ipam -> ipam.release(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> binds() {
        return Combinators.combine(vpses(), organizations(), macs(), addresses())
                .as(BindCommand::new)
                .map(command -> step(command, ipam -> ipam.bind(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> unbinds() {
        return Combinators.combine(
                        vpses().optional(), macs().optional(), addresses().optional(0.2))
                .filter((vps, mac, address) -> vps.isPresent() || mac.isPresent() || address.isPresent())
                .as(UnbindCommand::new)
                .map(command -> step(command, ipam -> ipam.unbind(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> syncs() {
        return Combinators.combine(lists(), vpsSets())
                .as((list, untouched) -> step(
                        "sync " + list + " untouched " + untouched,
                        ipam -> ipam.sync(CALLER, ipam.syncArrived(Set::of), list, untouched, Cancellation.NONE)));
    }

    private static Step step(Object name, Function<Ipam, CompletionStage<?>> command) {
        return new Step(name.toString(), fixture -> IpamFixture.answer(command.apply(fixture.ipam())));
    }

    private static Arbitrary<VpsId> vpses() {
        return Arbitraries.integers().between(1, 8).map(i -> VpsId.parse("vps-" + i));
    }

    private static Arbitrary<OrganizationId> organizations() {
        return Arbitraries.of("", "org-1", "org-2").map(OrganizationId::parse);
    }

    private static Arbitrary<MacAddress> macs() {
        return Arbitraries.longs().between(1, 6).map(i -> new MacAddress(0x020000000000L + i));
    }

    /** The whole range, its two reserved addresses, and one on either side. */
    private static Arbitrary<Ipv4Address> addresses() {
        return Arbitraries.integers().between(0, 10).map(IpamFixture.ip("10.0.0.0")::plus);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
