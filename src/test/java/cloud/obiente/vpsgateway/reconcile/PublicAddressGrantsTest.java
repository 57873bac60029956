package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.hostnet.guard.GuardFailedException;
import cloud.obiente.vpsgateway.hostnet.guard.PinPublisher;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.AuditEvent;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RefusalReason;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A public address and its guard come together or not at all. */
class PublicAddressGrantsTest {
    private static final Instant AT = Instant.parse("2026-03-01T12:00:00Z");
    private static final Caller CALLER = Caller.of("test");
    private static final VpsId VPS = VpsId.parse("vps-1");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress OTHER_MAC = MacAddress.parse("02:00:00:00:00:02");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("203.0.113.7");
    private static final Ipv4Address PRIVATE = Ipv4Address.parse("10.15.3.20");

    @TempDir
    Path directory;

    private final AnsweringGuard guard = new AnsweringGuard();
    private Ipam ipam;
    private PublicAddressGrants grants;

    @BeforeEach
    void open() {
        ipam = Ipam.open(
                new IpamSettings(
                        new AddressPool(new Ipv4Range(PRIVATE, Ipv4Address.parse("10.15.3.99")), Set.of()),
                        Duration.ZERO),
                SqliteAllocationStore.open(directory.resolve("ipam.sqlite")),
                Clock.systemUTC(),
                Thread::new);
        GuardEnforcement enforcement = new GuardEnforcement(guard, EnumSet.of(Allocation.Kind.PUBLIC));
        grants = new PublicAddressGrants(ipam, enforcement, Duration.ofSeconds(20));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void anAddressWhoseGuardFailsIsTakenBack() {
        guard.failNext("nft is not installed");

        Outcome<Allocation> outcome = answer(assign(MAC));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> assertThat(refused.refusal())
                .matches(refusal -> refusal.reason() == RefusalReason.NOT_ENFORCED)
                .matches(refusal -> refusal.message().equals("nft is not installed")));
        assertThat(ipam.snapshot().all()).isEmpty();
    }

    @Test
    void aMoveToAnotherNicWhoseGuardFailsLeavesItWhereItWas() {
        answer(assign(MAC));
        guard.failNext("refused");

        answer(assign(OTHER_MAC));

        assertThat(ipam.snapshot().at(PUBLIC).flatMap(Allocation::mac)).contains(MAC);
    }

    @Test
    void aRepeatedCallIsNotToldOfAnAddressThatTheFirstTakesBack() {
        CompletableFuture<Void> slow = guard.holdNext();
        CompletionStage<Outcome<Allocation>> first = assign(MAC);
        CompletionStage<Outcome<Allocation>> second = assign(MAC);

        slow.completeExceptionally(new GuardFailedException("refused"));

        assertThat(answer(first)).isInstanceOf(Outcome.Refused.class);
        assertThat(answer(second)).isInstanceOf(Outcome.Done.class);
        assertThat(ipam.snapshot().at(PUBLIC)).isPresent();
    }

    @Test
    void aReleaseDoesNotNeedTheGuard() {
        answer(assign(MAC));
        guard.failNext("refused");

        Outcome<List<Allocation>> released = answer(grants.release(
                CALLER, new ReleasePublicCommand(PUBLIC, Optional.of(VPS), Optional.empty()), Cancellation.NONE));

        assertThat(released).isInstanceOf(Outcome.Done.class);
        assertThat(ipam.snapshot().all()).isEmpty();
    }

    @Test
    void ofAListWhatCannotBeGuardedIsLeftOutAndNamed() {
        guard.failNext("refused");
        Allocation ofThePool =
                new Allocation(VPS, OrganizationId.UNKNOWN, PRIVATE, Optional.of(MAC), AT, Allocation.Kind.PRIVATE);
        Allocation outside =
                new Allocation(VPS, OrganizationId.UNKNOWN, PUBLIC, Optional.of(MAC), AT, Allocation.Kind.PUBLIC);
        Decision<String> both = (state, at) ->
                new Outcome.Done<>("both", List.of(AllocationChange.added(ofThePool), AllocationChange.added(outside)));

        Outcome<String> outcome = answer(grants.syncGuarded(
                Set.of(PUBLIC),
                () -> ipam.submit(CALLER, AuditEvent.Action.SYNC, both, Cancellation.NONE),
                (value, undone, why) ->
                        value + " without " + undone.get(0).subject().address() + ": " + why));

        assertThat(((Outcome.Done<String>) outcome).value()).isEqualTo("both without " + PUBLIC + ": refused");
        assertThat(ipam.snapshot().all()).extracting(Allocation::address).containsExactly(PRIVATE);
    }

    private CompletionStage<Outcome<Allocation>> assign(MacAddress mac) {
        return grants.assign(
                CALLER, new AssignPublicCommand(VPS, OrganizationId.UNKNOWN, mac, PUBLIC), Cancellation.NONE);
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /** Enforces at once what nothing else was said about. */
    private static final class AnsweringGuard implements PinPublisher {
        private final Deque<CompletableFuture<Void>> next = new ArrayDeque<>();

        synchronized void failNext(String why) {
            next.add(CompletableFuture.failedFuture(new GuardFailedException(why)));
        }

        synchronized CompletableFuture<Void> holdNext() {
            CompletableFuture<Void> held = new CompletableFuture<>();
            next.add(held);
            return held;
        }

        @Override
        public synchronized CompletionStage<Void> publish() {
            CompletableFuture<Void> said = next.poll();
            return said == null ? CompletableFuture.completedFuture(null) : said;
        }
    }
}
