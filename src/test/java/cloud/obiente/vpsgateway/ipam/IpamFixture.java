package cloud.obiente.vpsgateway.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.Outcome.Refused;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** An Ipam on a real file, and short words for its commands. Waits for each answer. */
final class IpamFixture implements AutoCloseable {
    static final Caller CALLER = Caller.of("test");
    static final Duration QUARANTINE = Duration.ofHours(1);
    static final Duration RECLAIM_AFTER = Duration.ofDays(30);
    static final Duration HISTORY_KEPT = Duration.ofDays(90);

    final ManualClock clock = new ManualClock();
    /** Addresses that somebody uses without having been given them. */
    final Set<Ipv4Address> unknownClientsUse = ConcurrentHashMap.newKeySet();

    /** Who is not known to be gone. */
    final Set<VpsId> inUse = ConcurrentHashMap.newKeySet();

    /** What each MAC leases. */
    final Map<MacAddress, Ipv4Address> leased = new ConcurrentHashMap<>();

    private final Path file;
    private AddressPool pool;
    private ObservedStore store;
    private Ipam ipam;

    IpamFixture(Path directory, AddressPool pool) {
        this.file = directory.resolve("ipam.sqlite");
        this.pool = pool;
        open();
    }

    private void open(AllocationListener... listeners) {
        store = new ObservedStore(SqliteAllocationStore.open(file));
        ipam = Ipam.open(
                new IpamSettings(
                        pool,
                        QUARANTINE,
                        (address, mac) -> unknownClientsUse.contains(address),
                        mac -> Optional.ofNullable(leased.get(mac)),
                        Optional.of(new Reclaiming(RECLAIM_AFTER, held -> !inUse.contains(held.vps()))),
                        HISTORY_KEPT),
                store,
                clock,
                Thread::new,
                listeners);
    }

    IpamFixture reopened() {
        return reopened(pool);
    }

    IpamFixture reopened(AddressPool newPool) {
        ipam.close();
        pool = newPool;
        open();
        return this;
    }

    /** Opened again, with these listeners. */
    void tell(AllocationListener... listeners) {
        ipam.close();
        open(listeners);
    }

    Ipam ipam() {
        return ipam;
    }

    ObservedStore store() {
        return store;
    }

    Path file() {
        return file;
    }

    IpamSnapshot snapshot() {
        return ipam.snapshot();
    }

    Outcome<Allocation> allocate(String vps) {
        return allocate(vps, "", "", "");
    }

    Outcome<Allocation> allocate(String vps, String organization, String mac, String preferred) {
        return answer(allocating(vps, organization, mac, preferred));
    }

    CompletionStage<Outcome<Allocation>> allocating(String vps, String organization, String mac, String preferred) {
        AllocateCommand command = new AllocateCommand(
                VpsId.parse(vps), OrganizationId.parse(organization), optionalMac(mac), optionalAddress(preferred));
        return ipam.submit(CALLER, command, Cancellation.NONE);
    }

    /** Returns when the writer waits in the commit of the VPS "first". */
    CompletionStage<Outcome<Allocation>> holdTheWriter() {
        store.hold();
        CompletionStage<Outcome<Allocation>> first = allocating("first", "", "", "");
        store.awaitHeldCommit();
        return first;
    }

    List<CompletionStage<Outcome<Allocation>>> allocatingMany(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> allocating("vps-" + i, "", "", ""))
                .toList();
    }

    Outcome<List<Allocation>> release(String vps, String address) {
        ReleaseCommand command = new ReleaseCommand(VpsId.parse(vps), optionalAddress(address));
        return answer(ipam.submit(CALLER, command, Cancellation.NONE));
    }

    Outcome<Allocation> bind(String vps, String mac, String address) {
        BindCommand command =
                new BindCommand(VpsId.parse(vps), OrganizationId.UNKNOWN, MacAddress.parse(mac), ip(address));
        return answer(ipam.submit(CALLER, command, Cancellation.NONE));
    }

    Outcome<List<Allocation>> unbind(String vps, String mac, String address) {
        UnbindCommand command =
                new UnbindCommand(optional(vps).map(VpsId::parse), optionalMac(mac), optionalAddress(address));
        return answer(ipam.submit(CALLER, command, Cancellation.NONE));
    }

    String addressOf(String vps) {
        return snapshot()
                .privateOf(VpsId.parse(vps))
                .map(allocation -> allocation.address().toString())
                .orElse("none");
    }

    String macOf(String vps) {
        return snapshot()
                .privateOf(VpsId.parse(vps))
                .flatMap(Allocation::mac)
                .map(MacAddress::toString)
                .orElse("none");
    }

    static AddressPool pool(String first, String last, String... reserved) {
        return new AddressPool(
                new Ipv4Range(ip(first), ip(last)),
                Set.copyOf(Arrays.stream(reserved).map(Ipv4Address::parse).toList()));
    }

    static Ipv4Address ip(String text) {
        return Ipv4Address.parse(text);
    }

    static String mac(int number) {
        return new MacAddress(0x020000000000L + number).toString();
    }

    static Optional<MacAddress> optionalMac(String text) {
        return optional(text).map(MacAddress::parse);
    }

    static Optional<Ipv4Address> optionalAddress(String text) {
        return optional(text).map(Ipv4Address::parse);
    }

    private static Optional<String> optional(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    static <T> T done(Outcome<T> outcome) {
        assertThat(outcome).isInstanceOf(Done.class);
        return ((Done<T>) outcome).value();
    }

    static String address(Outcome<Allocation> outcome) {
        return done(outcome).address().toString();
    }

    static Refusal refusal(Outcome<?> outcome) {
        assertThat(outcome).isInstanceOf(Refused.class);
        return ((Refused<?>) outcome).refusal();
    }

    @Override
    public void close() {
        ipam.close();
    }
}
