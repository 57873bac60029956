package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    /** The same pool, of which this gateway chooses from .4 to .6 without .5. */
    private static final AddressPool SHARED =
            new AddressPool(POOL.range(), new Ipv4Range(ip("10.0.0.4"), ip("10.0.0.6")), POOL.reserved());

    private static final Caller CALLER = Caller.of("property");

    /** A command that a sequence is made of; named so that a failure can be read. */
    private record Step(String name, Optional<Ipv4Address> named, Consumer<IpamFixture> run) {
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
            live.all().forEach(held -> assertThat(stored.facts(held)).isEqualTo(live.facts(held)));
            assertThat(stored.allocatedInPool()).isEqualTo(live.allocatedInPool());
            assertThat(stored.choice().nextFree()).isEqualTo(live.choice().nextFree());
        } finally {
            delete(directory);
        }
    }

    @Property(tries = 80)
    void whatNobodyNamedIsOfTheShare(@ForAll("steps") List<Step> steps) throws IOException {
        Path directory = Files.createTempDirectory("ipam-share");
        Set<Ipv4Address> named = new HashSet<>();
        try (IpamFixture ipam = new IpamFixture(directory, SHARED)) {
            for (Step step : steps) {
                Map<VpsId, Ipv4Address> before = addresses(ipam.snapshot());
                step.run().accept(ipam);
                addresses(ipam.snapshot()).forEach((vps, address) -> {
                    if (!address.equals(before.get(vps))
                            && step.named().filter(address::equals).isEmpty()) {
                        assertThat(SHARED.isSelectable(address))
                                .as("%s, chosen for %s", address, vps)
                                .isTrue();
                    }
                });
                step.named().ifPresent(named::add);
                IpamSnapshot now = ipam.snapshot();
                assertThat(now.choice().nextFree().stream()).allMatch(SHARED::isSelectable);
                assertThat(now.choice().nextFree().isPresent()).isEqualTo(now.poolAvailable() > 0);
                assertThat(now.ofOtherShares()).extracting(Allocation::address).allMatch(named::contains);
                ipam.leased.put(new MacAddress(0x020000000001L), ip("10.0.0.8"));
                ipam.clock.advance(Duration.ofDays(3));
            }
        } finally {
            delete(directory);
        }
    }

    private static Map<VpsId, Ipv4Address> addresses(IpamSnapshot state) {
        return state.allPrivate().stream().collect(Collectors.toMap(Allocation::vps, Allocation::address));
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
        assertThat(snapshot.choice().nextFree().isPresent()).isEqualTo(snapshot.poolAvailable() > 0);
        snapshot.choice().nextFree().ifPresent(address -> assertThat(snapshot.at(address))
                .isEmpty());
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Arbitraries.oneOf(allocates(), allocates(), releases(), binds(), unbinds())
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    private Arbitrary<Step> allocates() {
        return Combinators.combine(
                        vpses(), organizations(), macs().optional(), addresses().optional(0.3))
                .as(AllocateCommand::new)
                .map(command ->
                        step(command, command.preferred(), ipam -> ipam.submit(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> releases() {
        return Combinators.combine(vpses(), addresses().optional(0.3))
                .as(ReleaseCommand::new)
                .map(command -> step(command, ipam -> ipam.submit(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> binds() {
        return Combinators.combine(vpses(), organizations(), macs(), addresses())
                .as(BindCommand::new)
                .map(command -> step(
                        command,
                        Optional.of(command.address()),
                        ipam -> ipam.submit(CALLER, command, Cancellation.NONE)));
    }

    private Arbitrary<Step> unbinds() {
        return Combinators.combine(
                        vpses().optional(), macs().optional(), addresses().optional(0.2))
                .filter((vps, mac, address) -> vps.isPresent() || mac.isPresent() || address.isPresent())
                .as(UnbindCommand::new)
                .map(command -> step(command, ipam -> ipam.submit(CALLER, command, Cancellation.NONE)));
    }

    private static Step step(Object name, Function<Ipam, CompletionStage<?>> command) {
        return step(name, Optional.empty(), command);
    }

    private static Step step(Object name, Optional<Ipv4Address> named, Function<Ipam, CompletionStage<?>> command) {
        return new Step(name.toString(), named, fixture -> IpamFixture.answer(command.apply(fixture.ipam())));
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
