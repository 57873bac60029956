package cloud.obiente.vpsgateway.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AssignPublicCommand;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.BindCommand;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSettings;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.ManualClock;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.ipam.ReleaseCommand;
import cloud.obiente.vpsgateway.ipam.ReleasePublicCommand;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** Lists for an Ipam on a real file, with a clock that the test moves, and short words. Waits for each answer. */
final class SyncFixture implements AutoCloseable {
    static final Duration GRACE = Duration.ofMinutes(15);
    static final ListSource API = new ListSource("api-1", "node-1");
    /** Of another database. */
    static final ListSource BETA = new ListSource("beta", "node-1");

    static final Caller CALLER = Caller.of("test");

    final ManualClock clock = new ManualClock();
    final SyncRules rules = SyncRules.of(GRACE);
    /** VPSs that use what they hold. */
    final Set<VpsId> inUse = new HashSet<>();

    /** Of whom nothing is known. */
    final Set<VpsId> unknown = new HashSet<>();

    /** What each MAC leases. */
    final Map<MacAddress, Ipv4Address> leased = new ConcurrentHashMap<>();

    private final Path file;
    private final AddressPool pool;
    private Ipam ipam;
    private WatchTime watch;

    SyncFixture(Path directory) {
        file = directory.resolve("ipam.sqlite");
        pool = new AddressPool(new Ipv4Range(ip("10.0.0.10"), ip("10.0.0.200")), Set.of(ip("10.0.0.30")));
        open();
    }

    private void open() {
        IpamSettings settings = new IpamSettings(
                pool,
                Duration.ofHours(1),
                (address, mac) -> leased.entrySet().stream()
                        .anyMatch(
                                lease -> lease.getValue().equals(address) && !mac.equals(Optional.of(lease.getKey()))),
                mac -> Optional.ofNullable(leased.get(mac)),
                Optional.empty(),
                Duration.ofDays(90));
        watch = new WatchTime(clock, Duration.ofDays(365));
        ipam = Ipam.open(settings, SqliteAllocationStore.open(file), clock, Thread::new);
    }

    /** The gateway ends, and another one begins with what is stored. */
    void restart() {
        ipam.close();
        open();
    }

    ListAcceptance acceptance(Path stateDirectory) {
        return new ListAcceptance(ipam, stateDirectory);
    }

    LastSeenRecorder sightings() {
        return sightings(signs());
    }

    LastSeenRecorder sightings(UsageEvidence evidence) {
        return new LastSeenRecorder(ipam, evidence, clock);
    }

    /** One that is in use is noted down as seen now. */
    void see(Allocation held) {
        sightings().run();
        await().until(() -> state().facts(held).seenAt().equals(Optional.of(clock.instant())));
    }

    /** What a gateway is told that was there all the time since it was opened. */
    UsageEvidence evidence() {
        return new WatchedEvidence(signs(), watch, GRACE);
    }

    UsageEvidence signs() {
        return this::usage;
    }

    private Usage usage(Allocation held) {
        if (inUse.contains(held.vps())) {
            return Usage.IN_USE;
        }
        return unknown.contains(held.vps()) ? Usage.UNKNOWN : Usage.UNUSED;
    }

    IpamSnapshot state() {
        return ipam.snapshot();
    }

    long revision() {
        return state().revision();
    }

    SyncReport list(DesiredAllocation... entries) {
        return list(API, entries);
    }

    SyncReport list(ListSource source, DesiredAllocation... entries) {
        return list(source, revision(), new AllocationList(List.of(entries), Set.of()));
    }

    SyncReport list(ListSource source, long knownRevision, AllocationList list) {
        return done(submit(Action.SYNC, new ListDecision(source, list, knownRevision, rules, evidence())));
    }

    /** The list comes twice, the grace apart: all that it leaves out is as absent as can be. */
    SyncReport listForGrace(DesiredAllocation... entries) {
        list(entries);
        clock.advance(GRACE);
        return list(entries);
    }

    <T> Outcome<T> submit(Action action, Decision<T> decision) {
        return answer(ipam.submit(CALLER, action, decision, Cancellation.NONE));
    }

    Allocation allocate(String vps, int mac) {
        return done(answer(ipam.submit(
                CALLER,
                new AllocateCommand(vps(vps), OrganizationId.UNKNOWN, Optional.of(mac(mac)), Optional.empty()),
                Cancellation.NONE)));
    }

    Allocation bind(String vps, int mac, String address) {
        return done(tryBind(vps, mac, address));
    }

    Outcome<Allocation> tryBind(String vps, int mac, String address) {
        return answer(ipam.submit(
                CALLER, new BindCommand(vps(vps), OrganizationId.UNKNOWN, mac(mac), ip(address)), Cancellation.NONE));
    }

    Allocation rebind(String vps, int mac) {
        return done(answer(
                ipam.submit(CALLER, new RebindCommand(vps(vps), OrganizationId.UNKNOWN, mac(mac)), Cancellation.NONE)));
    }

    Outcome<Allocation> assign(String vps, int mac, String address) {
        return answer(ipam.submit(
                CALLER,
                new AssignPublicCommand(vps(vps), OrganizationId.UNKNOWN, mac(mac), ip(address)),
                Cancellation.NONE));
    }

    Outcome<List<Allocation>> unassign(String vps, int mac, String address) {
        return answer(ipam.submit(
                CALLER,
                new ReleasePublicCommand(ip(address), Optional.of(vps(vps)), Optional.of(mac(mac))),
                Cancellation.NONE));
    }

    void release(String vps) {
        done(answer(ipam.submit(CALLER, new ReleaseCommand(vps(vps), Optional.empty()), Cancellation.NONE)));
    }

    Allocation held(String vps) {
        return state().privateOf(vps(vps)).orElseThrow();
    }

    String addressOf(String vps) {
        return state().privateOf(vps(vps))
                .map(held -> held.address().toString())
                .orElse("none");
    }

    String macOf(String vps) {
        return held(vps).mac().map(MacAddress::toString).orElse("none");
    }

    String holderOf(String address) {
        return state().at(ip(address)).map(held -> held.vps().toString()).orElse("nobody");
    }

    static DesiredAllocation entry(String vps, String address, int... mac) {
        return new DesiredAllocation(
                vps(vps), OrganizationId.UNKNOWN, ip(address), optionalMac(mac), Allocation.Kind.PRIVATE);
    }

    static DesiredAllocation publicEntry(String vps, String address, int mac) {
        return new DesiredAllocation(
                vps(vps), OrganizationId.UNKNOWN, ip(address), optionalMac(mac), Allocation.Kind.PUBLIC);
    }

    private static Optional<MacAddress> optionalMac(int... mac) {
        return Arrays.stream(mac).mapToObj(SyncFixture::mac).findFirst();
    }

    static VpsId vps(String text) {
        return VpsId.parse(text);
    }

    static Ipv4Address ip(String text) {
        return Ipv4Address.parse(text);
    }

    static MacAddress mac(int number) {
        return new MacAddress(0x020000000000L + number);
    }

    static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    static <T> T done(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Outcome.Done<T>) outcome).value();
    }

    @Override
    public void close() {
        ipam.close();
    }
}
