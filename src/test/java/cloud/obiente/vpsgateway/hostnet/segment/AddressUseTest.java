package cloud.obiente.vpsgateway.hostnet.segment;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.segment.SegmentListener.Finding;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AddressUseTest {
    private static final Ipv4Range POOL = new Ipv4Range(address(20), address(59));
    private static final Duration FRESH = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    private final ManualClock clock = new ManualClock();
    private final Segment segment = new Segment();
    private final List<Finding> findings = new ArrayList<>();
    private Ipam ipam;
    private AddressUse use;

    /** Hosts that answer for their addresses, on an interface that may be down. */
    private static final class Segment implements AddressProbe {
        private final Map<Ipv4Address, MacAddress> hosts = new HashMap<>();
        private final List<Ipv4Address> asked = new ArrayList<>();
        private boolean down;

        @Override
        public Map<Ipv4Address, ArpAnswer> probe(Collection<Ipv4Address> addresses) {
            asked.addAll(addresses);
            Map<Ipv4Address, ArpAnswer> answers = new HashMap<>();
            addresses.forEach(address -> answers.put(address, answer(address)));
            return answers;
        }

        private ArpAnswer answer(Ipv4Address address) {
            if (down) {
                return new ArpAnswer.Unknown("down");
            }
            return hosts.containsKey(address) ? new ArpAnswer.Answered(hosts.get(address)) : new ArpAnswer.Silent();
        }
    }

    @BeforeEach
    void open() {
        ipam = Ipam.open(
                new IpamSettings(
                        new AddressPool(POOL, Set.of()),
                        Duration.ZERO,
                        (address, mac) -> use.isUsedByAnother(address),
                        mac -> Optional.empty(),
                        Optional.empty(),
                        Duration.ofDays(90)),
                SqliteAllocationStore.open(directory.resolve("ipam.sqlite")),
                clock,
                Thread::new);
        use = new AddressUse(segment, () -> ipam.snapshot(), findings::add, clock, FRESH);
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void whatSomebodyElseUsesIsSkippedAndToldOnce() throws InterruptedException {
        segment.hosts.put(address(20), mac(7));
        segment.hosts.put(address(21), mac(8));
        rounds();
        rounds();

        assertThat(allocate("vps-1", "", mac(1))).isEqualTo(address(22));
        assertThat(use.conflicts())
                .containsExactly(
                        new AddressConflict(address(20), mac(7), Optional.empty()),
                        new AddressConflict(address(21), mac(8), Optional.empty()));
        assertThat(findings).containsExactly(Finding.ADDRESS, Finding.ADDRESS);
    }

    @Test
    void theNextEightAreAskedForAndThoseBehindConflictsAtOnce() throws InterruptedException {
        for (int i = 20; i < 40; i++) {
            segment.hosts.put(address(i), mac(7));
        }
        rounds();
        assertThat(use.conflicts()).hasSize(20);
        assertThat(ipam.snapshot().candidates(1)).containsExactly(address(40));
        assertThat(segment.asked).contains(address(47)).doesNotContain(address(48));
    }

    @Test
    void anAnswerThatIsReliedUponIsRenewedBeforeItIsForgotten() throws InterruptedException {
        assertThat(use.isDue(address(50))).isTrue();
        use.request(List.of(address(50)));
        rounds();
        assertThat(use.isDue(address(50))).isFalse();
        clock.advance(AddressUse.RENEWED_AFTER);
        assertThat(use.isDue(address(50))).isTrue();
        assertThat(use.latest(address(50))).isPresent();
        clock.advance(AddressUse.MAX_AGE.minus(AddressUse.RENEWED_AFTER));
        assertThat(use.latest(address(50))).isPresent();
        clock.advance(Duration.ofSeconds(1));
        assertThat(use.latest(address(50))).isEmpty();
    }

    @Test
    void whatCouldNotBeAskedStaysDue() throws InterruptedException {
        segment.down = true;
        use.request(List.of(address(50)));
        rounds();
        assertThat(use.latest(address(50))).isEmpty();
        assertThat(use.isDue(address(50))).isTrue();
    }

    @Test
    void whoAnswersNoMoreIsForgottenAtTheNextRound() throws InterruptedException {
        segment.hosts.put(address(20), mac(7));
        rounds();
        segment.hosts.clear();
        rounds();
        assertThat(use.conflicts()).isEmpty();
        assertThat(allocate("vps-1", "", mac(1))).isEqualTo(address(20));

        segment.hosts.put(address(20), mac(7));
        use.request(List.of(address(20)));
        rounds();
        assertThat(findings).as("a new episode").hasSize(2);
    }

    @Test
    void whereNobodyCanBeAskedNothingIsLearnt() throws InterruptedException {
        segment.hosts.put(address(20), mac(7));
        rounds();
        clock.advance(FRESH);
        segment.down = true;
        segment.hosts.clear();
        use.request(List.of(address(50)));
        rounds();
        assertThat(use.notChecked()).contains("down");
        assertThat(use.conflicts()).hasSize(1);
        assertThat(use.latest(address(50))).isEmpty();
        assertThat(use.answeredBy(address(20))).contains(mac(7));
    }

    @Test
    void aHolderMayAnswerAndAnotherMayNot() throws InterruptedException {
        allocate("vps-1", "10.15.3.30", mac(1));
        allocate("vps-2", "10.15.3.31", mac(2));
        segment.hosts.put(address(30), mac(1));
        segment.hosts.put(address(31), mac(7));
        use.request(List.of(address(30), address(31)));
        rounds();
        assertThat(use.conflicts())
                .containsExactly(new AddressConflict(address(31), mac(7), Optional.of(VpsId.parse("vps-2"))));
        assertThat(use.answeredBy(address(30))).contains(mac(1));
        assertThat(use.answeredBy(address(31))).isNotEqualTo(Optional.of(mac(2)));
        assertThat(use.answeredBy(address(31))).contains(mac(7));
    }

    @Test
    void anAnswerIsEvidenceForTenMinutes() throws InterruptedException {
        segment.hosts.put(address(50), mac(7));
        use.request(List.of(address(50)));
        rounds();
        clock.advance(AddressUse.MAX_AGE);
        assertThat(use.latest(address(50)).orElseThrow().at())
                .isEqualTo(clock.instant().minus(AddressUse.MAX_AGE));
        clock.advance(Duration.ofMillis(1));
        assertThat(use.latest(address(50))).isEmpty();
        assertThat(use.answeredBy(address(50))).isNotEqualTo(Optional.of(mac(7)));
    }

    @Test
    void candidatesAreNotAskedForAgainWhileTheirAnswerIsFresh() throws InterruptedException {
        rounds();
        segment.asked.clear();
        allocate("vps-1", "", mac(1));
        rounds();
        assertThat(segment.asked).containsExactly(address(28));

        clock.advance(FRESH);
        rounds();
        assertThat(segment.asked).hasSize(1 + AddressUse.CANDIDATES);
    }

    @Test
    void whoAnswersForEverythingIsNotAskedForEver() throws InterruptedException {
        ipam.close();
        ipam = Ipam.open(
                new IpamSettings(
                        new AddressPool(new Ipv4Range(address(0), address(0).plus(65_535)), Set.of()),
                        Duration.ZERO,
                        (address, mac) -> use.isUsedByAnother(address),
                        mac -> Optional.empty(),
                        Optional.empty(),
                        Duration.ofDays(90)),
                SqliteAllocationStore.open(directory.resolve("large.sqlite")),
                clock,
                Thread::new);
        for (int i = 0; i < 65_536; i++) {
            segment.hosts.put(address(0).plus(i), mac(7));
        }
        rounds();
        assertThat(use.conflicts()).hasSize(AddressUse.MAX_CONFLICTS);
        assertThat(allocate("vps-1", "", mac(1))).isEqualTo(address(0).plus(AddressUse.MAX_CONFLICTS));
    }

    private void rounds() throws InterruptedException {
        while (use.probe()) {
            assertThat(segment.asked).hasSizeLessThan(100_000);
        }
    }

    private Ipv4Address allocate(String vps, String preferred, MacAddress mac) {
        Outcome<Allocation> outcome = ipam.submit(
                        Caller.of("test"),
                        new AllocateCommand(
                                VpsId.parse(vps),
                                OrganizationId.UNKNOWN,
                                Optional.of(mac),
                                Optional.of(preferred)
                                        .filter(text -> !text.isEmpty())
                                        .map(Ipv4Address::parse)),
                        Cancellation.NONE)
                .toCompletableFuture()
                .join();
        return ((Outcome.Done<Allocation>) outcome).value().address();
    }

    private static Ipv4Address address(int last) {
        return Ipv4Address.parse("10.15.3.0").plus(last);
    }

    private static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }
}
