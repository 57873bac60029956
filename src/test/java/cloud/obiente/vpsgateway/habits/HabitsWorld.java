package cloud.obiente.vpsgateway.habits;

import cloud.obiente.vpsgateway.apilink.UnknownClients;
import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.lab.api.ApiDatabase;
import cloud.obiente.vpsgateway.lab.api.ApiModel;
import cloud.obiente.vpsgateway.lab.api.GatewayPort;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.lab.api.ManualTimeline;
import cloud.obiente.vpsgateway.lab.api.ProxmoxInventory;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Installation;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Result;
import cloud.obiente.vpsgateway.lab.api.VpsRecord;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.BiConsumer;

/** A gateway, the segment that it serves, and the instances of one or two APIs, with the promises watched all the time. */
final class HabitsWorld implements AutoCloseable {
    private static final int MAX_STORY = 500;

    static final Ipv4Address POOL_START = Ipv4Address.parse("10.0.0.10");
    /** Some rounds of everything that API and gateway do from time to time. */
    private static final Duration RECOVERY = Duration.ofMinutes(16);

    static final Ipv4Address PUBLIC = Ipv4Address.parse("192.0.2.10");

    /**
     * Who there is.
     *
     * @param databases for each API, the ids of its instances
     * @param nodes the names that instances have for the gateway's node
     * @param pool its size
     * @param tick as of {@link MemoryGateway}
     */
    record Setup(
            List<List<String>> databases,
            List<String> nodes,
            UnknownClients mode,
            int pool,
            Optional<Duration> reclaimAfter,
            Duration tick,
            long seed) {
        static Setup oneInstance() {
            return new Setup(
                    List.of(List.of("api-1")),
                    List.of("node-1"),
                    UnknownClients.ADOPT,
                    100,
                    Optional.empty(),
                    Duration.ofSeconds(1),
                    1);
        }

        Setup with(List<List<String>> otherDatabases) {
            return new Setup(otherDatabases, nodes, mode, pool, reclaimAfter, tick, seed);
        }

        Setup withNodes(String... names) {
            return new Setup(databases, List.of(names), mode, pool, reclaimAfter, tick, seed);
        }

        Setup withPool(int size, Duration reclaim) {
            return new Setup(databases, nodes, mode, size, Optional.of(reclaim), tick, seed);
        }

        Setup withMode(UnknownClients otherMode) {
            return new Setup(databases, nodes, otherMode, pool, reclaimAfter, tick, seed);
        }
    }

    /** One instance, which may be down. */
    private static final class Member {
        final String id;
        final ApiDatabase database;
        List<String> nodes;
        Optional<ApiModel> running = Optional.empty();

        Member(String id, ApiDatabase database, List<String> nodes) {
            this.id = id;
            this.database = database;
            this.nodes = nodes;
        }
    }

    final ManualTimeline time = new ManualTimeline();
    final Segment segment = new Segment(time);
    final MemoryGateway gateway;
    final Promises promises;
    final List<ApiDatabase> databases = new ArrayList<>();
    /** What the instances have said last, for whoever reads of a failure. */
    final Deque<String> story = new ArrayDeque<>();

    /** What was said of VPSs that could not be created for want of one. */
    final List<String> withoutAddress = new ArrayList<>();

    private final Random random;
    private final List<Member> members = new ArrayList<>();
    private int vpss;

    HabitsWorld(Setup setup) {
        random = new Random(setup.seed());
        Ipv4Range range = new Ipv4Range(POOL_START, POOL_START.plus(setup.pool() - 1));
        gateway = new MemoryGateway(
                time, new AddressPool(range, Set.of()), setup.mode(), setup.tick(), setup.reclaimAfter(), segment);
        promises = new Promises(gateway::snapshot, setup.mode().adopts(), segment, time);
        segment.onLease(promises::leased);
        gateway.onChange(promises::check);
        gateway.onAnswer(promises::answered);
        ProxmoxInventory proxmox = new ProxmoxInventory();
        for (List<String> ids : setup.databases()) {
            ApiDatabase database = new ApiDatabase(proxmox);
            databases.add(database);
            ids.forEach(id -> members.add(new Member(id, database, setup.nodes())));
        }
        members.forEach(this::start);
    }

    private void start(Member member) {
        Map<String, GatewayPort> gateways = new LinkedHashMap<>();
        GatewayPort reached = gateway.from("10.0.0." + (members.indexOf(member) + 1));
        member.nodes.forEach(node -> gateways.put(node, reached));
        ApiModel model = new ApiModel(
                new ApiModel.Settings(member.id, gateways), member.database, segment, time, random, this::tell);
        member.running = Optional.of(model);
        model.start();
    }

    void tell(String line) {
        if (line.contains(": not connected: ")) {
            return;
        }
        if (line.contains(" gets no address: ")) {
            withoutAddress.add(time.now() + " " + line);
        }
        story.add(time.now() + " " + line);
        if (story.size() > MAX_STORY) {
            story.remove();
        }
    }

    private Member member(int index) {
        return members.get(Math.floorMod(index, members.size()));
    }

    Optional<ApiModel> instance(int index) {
        return member(index).running;
    }

    void pass(Duration span) {
        time.pass(span);
        promises.check();
    }

    /** An instance ends, or comes back. */
    void toggleInstance(int index) {
        Member member = member(index);
        if (member.running.isPresent()) {
            member.running.get().kill();
            member.running = Optional.empty();
        } else {
            start(member);
        }
    }

    /** The operators give the node other names, and start their API anew. */
    void rename(String... nodes) {
        for (Member member : members) {
            member.running.ifPresent(ApiModel::kill);
            member.nodes = List.of(nodes);
            start(member);
        }
        databases.forEach(database -> database.vpss().renameNodes(node -> nodes[0]));
    }

    /** @return its name */
    String create(int instance) {
        vpss++;
        String vps = "vps-" + vpss;
        instance(instance).ifPresent(api -> api.vpss()
                .create(vps, "org-1", member(instance).nodes.get(0)));
        return vps;
    }

    /** A VPS whose installation fails, after which the API releases its address. */
    void createInVain(int instance) {
        vpss++;
        String vps = "vps-" + vpss;
        instance(instance).ifPresent(api -> {
            Installation usual = api.vpss().usualInstallation();
            api.vpss()
                    .create(
                            vps,
                            "org-1",
                            member(instance).nodes.get(0),
                            new Installation(usual.nic(), usual.takes(), Result.FAILS));
        });
    }

    /** How many VPSs have ever been created. */
    int created() {
        return vpss;
    }

    /** Creates and waits until it has an address; fails where it gets none. */
    Segment.Vps createRunning(int instance) {
        String vps = create(instance);
        pass(Duration.ofMinutes(7));
        return segment.vps(vps)
                .filter(created -> created.address.isPresent())
                .orElseThrow(() -> new AssertionError(vps + " has no address; " + String.join("\n", story)));
    }

    ApiDatabase database(int index) {
        return databases.get(Math.floorMod(index, databases.size()));
    }

    /** With one of the VPSs of an API, if it has any and the instance runs. */
    void withVps(int index, BiConsumer<ApiModel, VpsRecord> action) {
        instance(index).ifPresent(api -> {
            List<VpsRecord> all = api.database().vpss().existing();
            if (!all.isEmpty()) {
                action.accept(api, all.get(Math.floorMod(index / members.size(), all.size())));
            }
        });
    }

    void delete(ApiModel api, String vps) {
        // One that is being created would run after its end.
        api.database().proxmox().nicOf(vps).ifPresent(nic -> api.vpss().delete(vps));
    }

    void powerOn(ApiModel api, String vps) {
        if (segment.vps(vps).isEmpty()) {
            api.database().proxmox().nicOf(vps).ifPresent(nic -> segment.started(vps, nic));
        }
    }

    void breakLinks(ApiModel api) {
        members.stream()
                .filter(member -> member.running.equals(Optional.of(api)))
                .forEach(member -> member.nodes.forEach(api::breakLink));
    }

    /** Everything works again, and what is overdue happens: then every VPS that runs has an address. */
    void recover() {
        databases.forEach(database -> database.vpss().makeUnreadable(vps -> false));
        members.stream().filter(member -> member.running.isEmpty()).forEach(this::start);
        pass(RECOVERY);
        promises.checkAllServed();
    }

    /** A list is written now and sent later. */
    void lateList(int instance, Duration delay) {
        instance(instance).ifPresent(api -> {
            String node = member(instance).nodes.get(0);
            List<LeaseEntry> list = api.writeList(node);
            time.after(delay, () -> api.sendList(node, list));
        });
    }

    @Override
    public void close() {
        gateway.close();
    }
}
