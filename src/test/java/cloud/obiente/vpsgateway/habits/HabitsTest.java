package cloud.obiente.vpsgateway.habits;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.habits.HabitsWorld.Setup;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.lab.api.ApiDatabase;
import cloud.obiente.vpsgateway.lab.api.ApiModel;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.lab.api.LeaseRow;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each habit of the deployed API that is known to have hurt somebody, by itself. */
class HabitsTest {
    private static final Duration HOURS = Duration.ofHours(3);

    private HabitsWorld world = new HabitsWorld(Setup.oneInstance());

    @AfterEach
    void close() {
        world.close();
    }

    private void open(Setup setup) {
        world.close();
        world = new HabitsWorld(setup);
    }

    private ApiModel api() {
        return world.instance(0).orElseThrow();
    }

    private ApiDatabase database() {
        return world.databases.get(0);
    }

    private void assertNobodyHasLostAnything() {
        assertThat(world.promises.broken()).isEmpty();
        assertThat(world.segment.running())
                .allSatisfy(vps -> assertThat(vps.address).as(vps.name).isPresent());
    }

    /** A public address with the MAC of the NIC: the table has one row for that MAC, the public one. */
    @Test
    void aPublicRowThatReplacesThePrivateOneTakesNothing() {
        Segment.Vps vps = world.createRunning(0);
        database().leases().lose(row -> !row.entry().mac().equals(Optional.of(vps.nic)));
        api().vpss().assignPublic(vps.name, HabitsWorld.PUBLIC);
        world.pass(Duration.ofMinutes(1));
        assertThat(publicOf(vps.name)).isPresent();
        database()
                .leases()
                .upsert(new LeaseEntry(vps.name, "org-1", HabitsWorld.PUBLIC, Optional.of(vps.nic), true), "node-1");
        for (int i = 0; i < 20; i++) {
            api().sendList("node-1", api().writeList("node-1"));
            world.pass(Duration.ofMinutes(5));
        }
        assertNobodyHasLostAnything();
        assertThat(publicOf(vps.name)).isPresent();
    }

    private Optional<Allocation> publicOf(String vps) {
        return world.gateway.snapshot().all().stream()
                .filter(held -> !held.isPrivate() && held.vps().toString().equals(vps))
                .findFirst();
    }

    /** Two instances, VPSs that are created all the time, and lists that were written seconds ago. */
    @Test
    void listsThatWereWrittenBeforeLeaseSyncKnewANewVpsTakeNothing() {
        open(Setup.oneInstance().with(List.of(List.of("api-1", "api-2"))));
        for (int i = 0; i < 40; i++) {
            world.lateList(i, Duration.ofSeconds(20));
            String vps = world.create(i);
            world.pass(Duration.ofSeconds(21));
            assertThat(world.gateway.snapshot().all())
                    .extracting(held -> held.vps().toString())
                    .contains(vps);
            world.instance(i).ifPresent(api -> api.breakLink("node-1"));
            world.pass(Duration.ofSeconds(40));
        }
        world.pass(Duration.ofMinutes(10));
        assertNobodyHasLostAnything();
        assertThat(world.segment.running()).hasSize(40);
    }

    @Test
    void anErrorOfTheDatabaseWhileItWritesAListTakesNothing() {
        List<Segment.Vps> vpss = createSome(12);
        database().vpss().makeUnreadable(vps -> true);
        api().sendList("node-1", api().writeList("node-1"));
        database().vpss().makeUnreadable(vps -> vps.endsWith("1"));
        api().sendList("node-1", api().writeList("node-1"));
        database().vpss().makeUnreadable(vps -> false);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
        assertThat(vpss).hasSize(12);
    }

    private List<Segment.Vps> createSome(int count) {
        List<Segment.Vps> vpss = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            vpss.add(world.createRunning(i));
        }
        return vpss;
    }

    @Test
    void lostRowsTakeNothing() {
        createSome(12);
        database().leases().lose(row -> true);
        api().sendList("node-1", api().writeList("node-1"));
        world.pass(HOURS);
        assertNobodyHasLostAnything();
    }

    /** Its lease is long over, and at the first list after the start nobody has asked for it yet. */
    @Test
    void anOutageTakesNothingFromAVpsWithAFixedAddressThatListsLeaveOut() {
        List<Segment.Vps> vpss = createSome(12);
        String fixed = vpss.get(0).name;
        world.segment.fix(fixed);
        world.pass(HOURS);
        database().leases().lose(row -> row.entry().vps().equals(fixed));
        api().sendList("node-1", api().writeList("node-1"));
        world.gateway.stop();
        world.pass(Duration.ofHours(1));
        world.gateway.comeBack();
        world.pass(HOURS);
        assertNobodyHasLostAnything();
    }

    /** All leases have run out, and the first VPS that is created wants an address before anybody could ask for its own again. */
    @Test
    void anOutageMakesNobodysAddressReclaimable() {
        int pool = 4;
        Duration reclaimAfter = Duration.ofHours(2);
        open(Setup.oneInstance().withPool(pool, reclaimAfter));
        createSome(pool);
        world.segment.fix(world.segment.running().iterator().next().name);
        world.gateway.stop();
        world.pass(reclaimAfter.plusHours(1));
        world.gateway.comeBack();
        world.pass(Duration.ofSeconds(1));
        world.create(0);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
        assertThat(world.withoutAddress).hasSize(1);
    }

    /** The reason to reclaim: what is not there when it is looked for is given to another. */
    @Test
    void aVpsThatIsGoneIsReclaimedAndOneWithAFixedAddressIsNot() {
        int pool = 4;
        Duration reclaimAfter = Duration.ofHours(2);
        open(Setup.oneInstance().withPool(pool, reclaimAfter));
        List<Segment.Vps> vpss = createSome(pool);
        world.segment.fix(vpss.get(0).name);
        world.delete(api(), vpss.get(1).name);
        world.pass(reclaimAfter.plusHours(2));
        world.createRunning(0);
        assertNobodyHasLostAnything();
        assertThat(world.withoutAddress).isEmpty();
    }

    @Test
    void aRenamedNodeTakesNothing() {
        createSome(12);
        world.rename("pve-1");
        world.pass(HOURS);
        assertNobodyHasLostAnything();
    }

    /** The MAC of any private row: here of the one that was invented. */
    @Test
    void aPublicAddressForADeadMacGoesToTheLivingNic() {
        Segment.Vps vps = world.createRunning(0);
        List<MacAddress> dead = database().leases().stream()
                .map(LeaseRow::entry)
                .flatMap(entry -> entry.mac().stream())
                .filter(mac -> !mac.equals(vps.nic))
                .toList();
        assertThat(dead).hasSize(1);
        database().leases().lose(row -> row.entry().mac().equals(Optional.of(vps.nic)));
        api().vpss().assignPublic(vps.name, HabitsWorld.PUBLIC);
        assertThat(publicOf(vps.name).flatMap(Allocation::mac)).contains(vps.nic);
        world.pass(HOURS);
        assertThat(publicOf(vps.name).flatMap(Allocation::mac)).contains(vps.nic);
        assertNobodyHasLostAnything();
    }

    /** The first list after it was written before LeaseSync knew of the healed NIC: it has the dead one alone. */
    @Test
    void aRestartAfterRebindingBindsNobodyBack() {
        for (int i = 0; i < 8; i++) {
            String vps = world.create(0);
            while (world.segment
                    .vps(vps)
                    .filter(created -> created.address.isPresent())
                    .isEmpty()) {
                world.pass(Duration.ofSeconds(1));
            }
            world.gateway.kill();
            world.pass(Duration.ofSeconds(15));
            world.gateway.restart();
            world.pass(HOURS);
        }
        assertNobodyHasLostAnything();
    }

    @Test
    void oneIdOnTwoStreamsTakesNothing() {
        open(Setup.oneInstance().withNodes("node-1", "node-2"));
        createSome(8);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
        assertThat(connects()).as("links that were opened").isLessThan(20);
    }

    @Test
    void twoInstancesOnHostsOfOneNameTakeNothing() {
        open(Setup.oneInstance().with(List.of(List.of("api-1", "api-1"))));
        createSome(8);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
        assertThat(connects()).as("links that were opened").isLessThan(20);
    }

    private long connects() {
        return world.story.stream().filter(line -> line.endsWith(": connected")).count();
    }

    @Test
    void twoDatabasesLiveSideBySide() {
        open(Setup.oneInstance().with(List.of(List.of("production"), List.of("beta"))));
        createSome(8);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
    }

    /** One VM invents 194 MACs a second; twenty others are known, and one more is new. */
    @Test
    void inventedMacsCostTheApiLittleAndDelayNobody() {
        createSome(20);
        int before = world.gateway.asked().size();
        String created = world.create(0);
        Duration flood = Duration.ZERO;
        long invented = 0x02_5a_00_00_00_00L;
        while (flood.compareTo(Duration.ofMinutes(6)) < 0) {
            for (int i = 0; i < 194; i++) {
                invented += 1;
                world.segment.invent(new MacAddress(invented));
            }
            world.pass(Duration.ofSeconds(1));
            flood = flood.plusSeconds(1);
            assertThat(world.segment
                            .vps(created)
                            .filter(vps -> vps.withoutSince.plusSeconds(10).isBefore(world.time.now())
                                    && vps.address.isEmpty()))
                    .as("a VPS that still has no address 10 s after it was started")
                    .isEmpty();
        }
        assertThat(world.gateway.asked().size() - before)
                .as("questions in " + flood)
                .isLessThan((int) (5 * flood.toSeconds()));
        assertNobodyHasLostAnything();
    }

    /** The row by address is that of another VPS: only an address that was reserved for the MAC is evidence. */
    @Test
    void aDynamicAddressIsNoEvidence() {
        open(Setup.oneInstance().withMode(UnknownClients.SERVE));
        Segment.Vps vps = world.createRunning(0);
        Ipv4Address stale = HabitsWorld.POOL_START.plus(50);
        MacAddress gone = MacAddress.parse("bc:24:11:00:00:02");
        database().leases().upsert(new LeaseEntry(vps.name, "org-1", stale, Optional.of(gone), false), "node-1");
        world.segment.lend(MacAddress.parse("02:5a:00:00:00:01"), stale);
        world.pass(HOURS);
        assertNobodyHasLostAnything();
        assertThat(world.gateway.asked()).doesNotContain(Optional.of(stale));
    }

    @Test
    void aPoolIsNotExhaustedByVpssThatAreGone() {
        open(Setup.oneInstance().withPool(10, Duration.ofDays(2)));
        Segment.Vps keeper = world.createRunning(0);
        for (int day = 0; day < 20; day++) {
            Segment.Vps vps = world.createRunning(0);
            world.pass(Duration.ofHours(12));
            world.delete(api(), vps.name);
            world.pass(Duration.ofHours(12));
        }
        assertNobodyHasLostAnything();
        assertThat(world.segment.running()).containsExactly(keeper);
    }
}
