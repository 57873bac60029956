package cloud.obiente.vpsgateway.lab.api;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.api.GatewayPort.Owner;
import cloud.obiente.vpsgateway.lab.api.PaperGateway.Call;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Installation;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Result;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** That the model has the habits which the gateway is tested against. */
class ApiModelTest {
    private static final String NODE = "node-1";
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.0.0.10");
    private static final Ipv4Address PUBLIC = Ipv4Address.parse("192.0.2.7");
    private static final MacAddress NIC = MacAddress.parse("bc:24:11:00:00:01");

    private final ManualTimeline time = new ManualTimeline();
    private final PaperGateway gateway = new PaperGateway();
    private final ApiDatabase database = new ApiDatabase();
    private final List<String> running = new ArrayList<>();
    private final ApiModel api = instance("api-1", NODE);

    private ApiModel instance(String id, String... nodes) {
        Map<String, GatewayPort> gateways = new LinkedHashMap<>();
        List.of(nodes).forEach(node -> gateways.put(node, gateway));
        return new ApiModel(
                new ApiModel.Settings(id, gateways),
                database,
                new Machines() {
                    @Override
                    public void started(String vps, MacAddress nic) {
                        running.add(vps);
                    }

                    @Override
                    public void destroyed(String vps) {
                        running.remove(vps);
                    }
                },
                time,
                new Random(7),
                line -> {});
    }

    private static LeaseEntry entry(String vps, Ipv4Address address, MacAddress mac, boolean isPublic) {
        return new LeaseEntry(vps, "org-1", address, Optional.of(mac), isPublic);
    }

    private List<Call> calls(String method) {
        return gateway.calls.stream()
                .filter(call -> call.method().equals(method))
                .toList();
    }

    @Test
    void aVpsBootsMinutesLaterWithAnotherNicThanWasAllocated() {
        api.start();
        api.vpss().create("vps-1", "org-1", NODE);
        MacAddress allocated = calls("AllocateIP").get(0).mac().orElseThrow();
        assertThat(allocated.toString()).startsWith("00:16:3e:");

        time.pass(Duration.ofSeconds(59));
        assertThat(running).isEmpty();
        time.pass(Duration.ofMinutes(4).plusSeconds(1));
        assertThat(running).containsExactly("vps-1");
        assertThat(database.proxmox().nicOf("vps-1")).isPresent().isNotEqualTo(Optional.of(allocated));
    }

    @Test
    void theAnswerOfAnAllocationIsNotStoredButReadByLeaseSync() {
        api.start();
        api.vpss().create("vps-1", "org-1", NODE);
        assertThat(database.leases().stream()).isEmpty();

        gateway.listed = List.of(entry("vps-1", FIRST, NIC, false), entry("stranger", FIRST.plus(1), NIC, false));
        time.pass(ApiModel.BETWEEN_LEASE_SYNCS);
        assertThat(database.leases().stream()).containsExactly(new LeaseRow(entry("vps-1", FIRST, NIC, false), NODE));
    }

    @Test
    void onlyAFailedCreationIsReleased() {
        api.start();
        api.vpss().create("vps-1", "org-1", NODE, new Installation(NIC, Duration.ofMinutes(1), Result.FAILS));
        api.vpss().create("vps-2", "org-1", NODE, new Installation(NIC, Duration.ofMinutes(1), Result.RUNS));
        time.pass(Duration.ofMinutes(1));
        api.vpss().delete("vps-2");
        time.pass(Duration.ofDays(1));
        assertThat(calls("ReleaseIP")).extracting(Call::vps).containsExactly("vps-1");
    }

    @Test
    void theLastEntryOfAMacReplacesTheRowWithAllThatBelongsToIt() {
        database.leases().upsert(entry("vps-1", FIRST, NIC, false), "old-node");
        database.leases().upsert(entry("vps-1", PUBLIC, NIC, true), NODE);
        assertThat(database.leases().stream()).containsExactly(new LeaseRow(entry("vps-1", PUBLIC, NIC, true), NODE));
    }

    @Test
    void entriesWithoutMacAreMatchedByVpsAndOrganization() {
        database.leases().upsert(entry("vps-1", FIRST, NIC, false), NODE);
        database.leases().upsert(new LeaseEntry("vps-1", "org-1", FIRST.plus(1), Optional.empty(), false), NODE);
        assertThat(database.leases().stream())
                .containsExactly(new LeaseRow(entry("vps-1", FIRST.plus(1), NIC, false), NODE));
    }

    @Test
    void listsComeAtRegistrationEveryFiveMinutesAndAfterEveryReconnect() {
        api.start();
        assertThat(gateway.lists).hasSize(1);
        time.pass(Duration.ofMinutes(10));
        assertThat(gateway.lists).hasSize(3);

        gateway.endAllLinks();
        time.pass(Duration.ofMillis(4_999));
        assertThat(gateway.registrations).hasSize(1);
        time.pass(Duration.ofMillis(1));
        assertThat(gateway.registrations).hasSize(2);
        assertThat(gateway.lists).hasSize(4);
        time.pass(Duration.ofMinutes(5));
        assertThat(gateway.lists).as("the timer of the old link has ended").hasSize(5);
    }

    @Test
    void aGatewayThatIsAwayIsTriedEveryFiveSeconds() {
        gateway.reachable = false;
        api.start();
        time.pass(Duration.ofMinutes(1));
        gateway.reachable = true;
        time.pass(Duration.ofSeconds(5));
        assertThat(api.isConnected(NODE)).isTrue();
    }

    @Test
    void aListHasTheDeletedAndNotThoseWhoseRecordCannotBeRead() {
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        api.vpss().existsAlready(entry("vps-2", FIRST.plus(1), new MacAddress(2), false), NODE);
        api.vpss().existsAlready(entry("vps-3", FIRST.plus(2), new MacAddress(4), false), "node-2");
        api.vpss().delete("vps-1");
        assertThat(api.writeList(NODE)).extracting(LeaseEntry::vps).containsExactlyInAnyOrder("vps-1", "vps-2");

        database.vpss().makeUnreadable("vps-2"::equals);
        assertThat(api.writeList(NODE)).extracting(LeaseEntry::vps).containsExactly("vps-1");
        database.vpss().makeUnreadable(vps -> true);
        assertThat(api.writeList(NODE)).isEmpty();
    }

    @Test
    void whatWasDiscoveredBecomesARowOnlyWhereThereIsNoneOfItsKind() {
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        gateway.discovered = List.of(
                entry("vps-1", FIRST.plus(1), new MacAddress(2), false),
                entry("vps-2", FIRST.plus(2), new MacAddress(4), false));
        api.start();
        assertThat(database.leases().stream().map(LeaseRow::entry))
                .containsExactly(entry("vps-1", FIRST, NIC, false), gateway.discovered.get(1));
    }

    @Test
    void aVpsWithoutPrivateRowIsAllocatedForItsNicWithinFiveMinutes() {
        api.vpss().existsAlready(entry("vps-1", PUBLIC, NIC, true), NODE);
        api.vpss().existsAlready(entry("vps-2", FIRST, new MacAddress(2), false), NODE);
        api.start();
        time.pass(ApiModel.BETWEEN_RECONCILIATIONS);
        assertThat(calls("AllocateIP")).containsExactly(new Call("AllocateIP", "vps-1", Optional.of(NIC)));
    }

    @Test
    void aPublicAddressIsGivenToTheMacOfAnyPrivateRow() {
        MacAddress dead = MacAddress.parse("00:16:3e:00:00:01");
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        database.leases().upsert(entry("vps-1", FIRST, dead, false), NODE);
        for (int i = 0; i < 20; i++) {
            api.vpss().assignPublic("vps-1", PUBLIC);
        }
        assertThat(calls("AddStaticDHCPLease"))
                .extracting(call -> call.mac().orElseThrow())
                .contains(dead, NIC);
        api.vpss().delete("vps-1");
        assertThat(calls("RemoveStaticDHCPLease")).hasSize(1);
        assertThat(database.leases().stream()).hasSize(2);
    }

    @Test
    void questionsAreAnsweredByRowThenByScanThenByStaleAddress() {
        api.start();
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        api.vpss().replaceNic("vps-1", new MacAddress(2));
        api.vpss().delete("vps-1");
        api.vpss().existsAlready(entry("vps-2", FIRST.plus(1), new MacAddress(4), false), NODE);
        database.leases().lose(row -> row.entry().vps().equals("vps-2"));

        assertThat(asked(NIC, Optional.empty())).isCompletedWithValue(Optional.of(new Owner("vps-1", "org-1")));
        assertScanned(new MacAddress(4), Optional.empty(), Optional.of(new Owner("vps-2", "org-1")));
        assertScanned(new MacAddress(6), Optional.of(FIRST), Optional.of(new Owner("vps-1", "org-1")));
        assertScanned(new MacAddress(6), Optional.empty(), Optional.empty());
    }

    private CompletableFuture<Optional<Owner>> asked(MacAddress mac, Optional<Ipv4Address> address) {
        return gateway.questions.findVpsByLease(address, mac).toCompletableFuture();
    }

    private void assertScanned(MacAddress mac, Optional<Ipv4Address> address, Optional<Owner> expected) {
        CompletableFuture<Optional<Owner>> answer = asked(mac, address);
        assertThat(answer).isNotDone();
        time.pass(database.proxmox().scanTime());
        assertThat(answer).isCompletedWithValue(expected);
    }

    @Test
    void aRenamedNodeHasAnEmptyListUntilLeaseSyncHasSeenTheGateway() {
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        gateway.listed = List.of(entry("vps-1", FIRST, NIC, false));
        ApiModel renamed = instance("api-1", "pve-1");
        renamed.start();
        assertThat(gateway.lists).containsExactly(List.of());
        time.pass(NodeConnection.BETWEEN_LISTS);
        assertThat(gateway.lists.get(1)).hasSize(1);
    }

    @Test
    void oneGatewayUnderTwoNamesHasTwoStreamsAndItsRowsUnderTheLast() {
        api.vpss().existsAlready(entry("vps-1", FIRST, NIC, false), NODE);
        gateway.listed = List.of(entry("vps-1", FIRST, NIC, false));
        ApiModel twice = instance("api-1", NODE, "node-2");
        twice.start();
        assertThat(gateway.registrations).containsExactly("api-1 node-1", "api-1 node-2");
        time.pass(ApiModel.BETWEEN_LEASE_SYNCS);
        assertThat(twice.writeList(NODE)).isEmpty();
        assertThat(twice.writeList("node-2")).hasSize(1);
    }

    @Test
    void anInstanceThatIsKilledDoesNothingMore() {
        api.start();
        api.vpss().create("vps-1", "org-1", NODE);
        api.kill();
        int calls = gateway.calls.size();
        time.pass(Duration.ofHours(1));
        assertThat(gateway.calls).hasSize(calls);
        assertThat(gateway.registrations).hasSize(1);
        assertThat(running).isEmpty();
        assertThat(time.waiting()).isZero();
    }
}
