package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.AdvertisedDns;
import cloud.obiente.vpsgateway.dnsmasq.DhcpMode;
import cloud.obiente.vpsgateway.dnsmasq.Dnsmasq;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqHosts;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqListener;
import cloud.obiente.vpsgateway.dnsmasq.DnsmasqSettings;
import cloud.obiente.vpsgateway.dnsmasq.lease.ReleaseResult;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.UnbindCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.sync.AllocationList;
import cloud.obiente.vpsgateway.sync.DesiredAllocation;
import cloud.obiente.vpsgateway.sync.SyncPipeline;
import cloud.obiente.vpsgateway.sync.SyncRules;
import cloud.obiente.vpsgateway.sync.Usage;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a dnsmasq that was never started: what is decided stays unanswered. */
class ProvisionerTest {
    private static final Caller CALLER = Caller.of("test");
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final VpsId OTHER_VPS = VpsId.parse("vps-2");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.15.3.20");
    private static final Ipv4Address SECOND = Ipv4Address.parse("10.15.3.21");
    private static final Ipv4Range POOL = new Ipv4Range(FIRST, Ipv4Address.parse("10.15.3.40"));

    @TempDir
    Path directory;

    private Ipam ipam;
    private Dnsmasq dnsmasq;
    private Provisioner provisioner;
    private SyncPipeline syncs;
    private boolean dnsmasqIsClosed;
    private final List<String> events = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() {
        ipam = Ipam.open(
                new IpamSettings(new AddressPool(POOL, Set.of()), Duration.ZERO),
                SqliteAllocationStore.open(directory.resolve("ipam.sqlite")),
                Clock.systemUTC(),
                Thread::new);
        dnsmasq = new Dnsmasq(
                new DnsmasqSettings(
                        directory,
                        DhcpMode.FULL,
                        new InterfaceName("none0"),
                        Optional.empty(),
                        53,
                        new Subnet(Ipv4Address.parse("10.15.3.0"), 24),
                        Ipv4Address.parse("10.15.3.1"),
                        List.of(),
                        AdvertisedDns.GATEWAY,
                        DomainName.parse("vps.local"),
                        Duration.ofHours(1),
                        Optional.empty(),
                        directory.resolve("dnsmasq.leases")),
                () -> new DnsmasqHosts(List.of(), Set.of()),
                null,
                new DnsmasqListener() {});
        Reconciler closed =
                new Reconciler(dnsmasq, null, null, null, null, repair -> {}, Clock.systemUTC(), Duration.ofHours(1));
        closed.close();
        provisioner = new Provisioner(
                ipam,
                new GuardEnforcement(this::enforce, EnumSet.allOf(Allocation.Kind.class)),
                new DnsmasqBackend(dnsmasq, null, closed));
        syncs = new SyncPipeline(ipam, provisioner, SyncRules.of(Duration.ofMinutes(15)), held -> Usage.UNUSED);
    }

    private CompletionStage<Void> enforce() {
        events.add("enforced");
        return CompletableFuture.completedFuture(null);
    }

    @AfterEach
    void close() {
        closeDnsmasq();
        ipam.close();
    }

    /** From then on what waits for it is answered: not confirmed. */
    private void closeDnsmasq() {
        if (!dnsmasqIsClosed) {
            dnsmasqIsClosed = true;
            dnsmasq.close();
        }
    }

    @Test
    void aReleaseByMacIsUnknownToListsThatComeBeforeItsAnswer() {
        allocate();
        assertUnknownUntilAnswered(new UnbindCommand(Optional.empty(), Optional.of(MAC), Optional.empty()));
    }

    @Test
    void aReleaseByAddressIsUnknownToListsThatComeBeforeItsAnswer() {
        allocate();
        assertUnknownUntilAnswered(new UnbindCommand(Optional.empty(), Optional.empty(), Optional.of(FIRST)));
    }

    private void assertUnknownUntilAnswered(UnbindCommand command) {
        CompletionStage<?> release = provisioner.submit(CALLER, command, Cancellation.NONE);
        Awaitility.await().until(() -> ipam.snapshot().all().isEmpty());
        assertThat(release.toCompletableFuture()).isNotDone();

        // Whoever writes a list now cannot know of it.
        assertThat(provisioner.knownRevision()).isLessThan(ipam.snapshot().revision());
        closeDnsmasq();
        release.toCompletableFuture().join();
        assertThat(provisioner.knownRevision()).isEqualTo(ipam.snapshot().revision());
        assertThat(ipam.snapshot().all()).isEmpty();
    }

    /** The writer decides all that waits in one round: without turns, both lists at once. */
    @Test
    void aSyncIsDecidedWhenTheOneBeforeItIsInEffectAndAnswered() throws Exception {
        // Given
        CountDownLatch bothAreHere = new CountDownLatch(1);
        CompletionStage<?> before = commandThat(() -> awaitAndLeave(bothAreHere));

        LogLines.during(
                Provisioner.class.getName(),
                line -> events.add(line.startsWith("answered before it was confirmed") ? "answered" : line),
                () -> {
                    // When
                    CompletionStage<?> first = sync(desired(VPS, FIRST), "first decided");
                    CompletionStage<?> second = sync(desired(OTHER_VPS, SECOND), "second decided");
                    bothAreHere.countDown();
                    before.toCompletableFuture().join();
                    Awaitility.await().until(() -> events.contains("enforced"));
                    // Whatever has been handed to the writer by now is decided.
                    commandThat(() -> true).toCompletableFuture().join();
                    closeDnsmasq();
                    first.toCompletableFuture().join();
                    second.toCompletableFuture().join();
                });

        // Then
        assertThat(events)
                .containsExactly("first decided", "enforced", "answered", "second decided", "enforced", "answered");
    }

    /** It gives up after five seconds, and takes that for a failure. */
    @Test
    void theDeployedApiIsAnsweredBeforeItGivesUpHoweverLongDnsmasqTakes() throws Exception {
        Provisioner waiting = new Provisioner(
                ipam, new GuardEnforcement(this::enforce, EnumSet.noneOf(Allocation.Kind.class)), new NeverServing());
        AllocateCommand allocate = new AllocateCommand(VPS, OrganizationId.UNKNOWN, Optional.of(MAC), Optional.empty());

        ProvisionResult<Allocation> allocated = answer(waiting.submit(CALLER, allocate, Cancellation.NONE));
        ProvisionResult<?> released =
                answer(waiting.submit(CALLER, new ReleaseCommand(VPS, Optional.empty()), Cancellation.NONE));

        assertThat(allocated.outcome()).isInstanceOf(Outcome.Done.class);
        assertThat(allocated.pending()).isPresent();
        assertThat(released.outcome()).isInstanceOf(Outcome.Done.class);
        assertThat(released.pending()).isPresent();
        assertThat(ipam.snapshot().all()).isEmpty();
    }

    private static <T> T answer(CompletionStage<T> call) throws Exception {
        return call.toCompletableFuture().get(5, TimeUnit.SECONDS);
    }

    /** A dnsmasq that never confirms anything. */
    private static final class NeverServing implements DnsDhcpBackend {
        @Override
        public CompletionStage<Void> publish() {
            return new CompletableFuture<>();
        }

        @Override
        public CompletionStage<ReleaseResult> releaseLeases(Set<Ipv4Address> addresses) {
            return new CompletableFuture<>();
        }

        @Override
        public void reconcileSoon() {}
    }

    private CompletionStage<?> sync(DesiredAllocation desired, String decided) {
        return syncs.submit(
                CALLER, new ListSource("api-1", "node-1"), new AllocationList(List.of(desired), Set.of()), () -> {
                    events.add(decided);
                    return false;
                });
    }

    private CompletionStage<?> commandThat(Cancellation atItsTurn) {
        return ipam.submit(CALLER, new ReleaseCommand(VPS, Optional.empty()), atItsTurn);
    }

    private static boolean awaitAndLeave(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        return true;
    }

    private static DesiredAllocation desired(VpsId vps, Ipv4Address address) {
        return new DesiredAllocation(vps, OrganizationId.UNKNOWN, address, Optional.empty(), Allocation.Kind.PRIVATE);
    }

    private void allocate() {
        ipam.submit(
                        CALLER,
                        new AllocateCommand(VPS, OrganizationId.UNKNOWN, Optional.of(MAC), Optional.empty()),
                        Cancellation.NONE)
                .toCompletableFuture()
                .join();
    }
}
