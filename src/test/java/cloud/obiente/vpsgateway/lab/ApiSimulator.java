package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.lab.api.ApiDatabase;
import cloud.obiente.vpsgateway.lab.api.ApiModel;
import cloud.obiente.vpsgateway.lab.api.GatewayPort;
import cloud.obiente.vpsgateway.lab.api.LeaseEntry;
import cloud.obiente.vpsgateway.lab.api.Machines;
import cloud.obiente.vpsgateway.lab.api.RealTimeline;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Installation;
import cloud.obiente.vpsgateway.lab.api.VpsLifecycle.Result;
import cloud.obiente.vpsgateway.lab.api.VpsRecord;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * A central API with the habits of the deployed one ({@link ApiModel}), on sockets and real time: its instances share a
 * database and keep a link each to the gateway of every node. The VMs are those of an {@link ApiTable}, which is read again
 * all the time: each gets an address for an invented MAC when it appears, and is deleted, but not released, when it is gone.
 * SSH goes to each VPS by the gateway of its node.
 *
 * <p>As a program it reads its settings from the environment: VPS_NODE_GATEWAY_ENDPOINTS
 * ({@code node1:http://gw1:1537,node2:…}), GATEWAY_API_SECRET, API_TABLE (the file), API_INSTANCE (the ids of its instances,
 * with commas between them; default {@code api-1}), API_SPEED (how many times as fast as real time its timers run; default 1),
 * API_SSH_PORT (the first of the local ports that lead to VPSs; default: none) and API_SSH_COMMAND (how people use such a
 * port; {@code PORT} stands for it).
 */
public final class ApiSimulator implements AutoCloseable {
    /**
     * @param gateways by node
     * @param instances their ids, of which two may be the same
     * @param speed 1: every 30 s LeaseSync, every five minutes a list
     */
    public record Settings(Map<String, URI> gateways, String secret, List<String> instances, Path table, double speed) {
        public Settings {
            instances = List.copyOf(instances);
        }
    }

    private static final long TIMEOUT_SECONDS = 60;

    private final Settings settings;
    private final ApiTable table;
    private final Consumer<String> say;
    private final RealTimeline timeline;
    private final ApiDatabase database = new ApiDatabase();
    private final List<SocketGateway> gateways = new ArrayList<>();
    private final List<ApiModel> instances = new ArrayList<>();
    /** What {@link #gatewayOf} may know on any thread: the nodes of the VPSs. */
    private final Map<String, String> nodes = new ConcurrentHashMap<>();

    private final Map<String, SocketGateway> sshGateways = new LinkedHashMap<>();
    private Runnable beforeRound = () -> {};
    private Runnable closing = () -> {};

    /** @param say hears, in lines for people, what happens */
    public ApiSimulator(Settings settings, Consumer<String> say) {
        this.settings = settings;
        this.table = new ApiTable(settings.table());
        this.say = say;
        this.timeline = new RealTimeline(settings.speed(), say);
        for (String instance : settings.instances()) {
            Map<String, GatewayPort> reached = new LinkedHashMap<>();
            settings.gateways().forEach((node, endpoint) -> {
                SocketGateway gateway = new SocketGateway(endpoint, settings.secret(), timeline);
                gateways.add(gateway);
                reached.put(node, gateway);
                sshGateways.putIfAbsent(node, gateway);
            });
            instances.add(new ApiModel(
                    new ApiModel.Settings(instance, reached), database, Machines.NONE, timeline, new Random(), say));
        }
    }

    /** Runs until it is killed. */
    public static void main(String... arguments) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        ApiSimulator api = new ApiSimulator(
                new Settings(
                        endpoints(environment.get("VPS_NODE_GATEWAY_ENDPOINTS")),
                        environment.get("GATEWAY_API_SECRET"),
                        List.of(environment
                                .getOrDefault("API_INSTANCE", "api-1")
                                .split(",")),
                        Path.of(environment.get("API_TABLE")),
                        Double.parseDouble(environment.getOrDefault("API_SPEED", "1"))),
                System.out::println);
        Optional.ofNullable(environment.get("API_SSH_PORT"))
                .map(Integer::parseInt)
                .ifPresent(port ->
                        api.offerSsh(port, environment.getOrDefault("API_SSH_COMMAND", "ssh -p PORT root@127.0.0.1")));
        api.start();
        Thread.currentThread().join();
    }

    /** By node, from the form {@code node1:http://gw1:1537,node2:…}. */
    public static Map<String, URI> endpoints(String text) {
        Map<String, URI> endpoints = new LinkedHashMap<>();
        for (String entry : text.split(",")) {
            String[] nodeAndUri = entry.strip().split(":", 2);
            endpoints.put(nodeAndUri[0], URI.create(nodeAndUri[1]));
        }
        return endpoints;
    }

    /** Connects its instances, and begins to read the table every second. */
    public void start() {
        timeline.after(Duration.ZERO, () -> instances.forEach(ApiModel::start));
        readTable(Duration.ZERO);
    }

    private void readTable(Duration delay) {
        timeline.after(delay, () -> {
            try {
                beforeRound.run();
                follow(table.rows());
            } finally {
                readTable(Duration.ofNanos((long) (Duration.ofSeconds(1).toNanos() * settings.speed())));
            }
        });
    }

    private void follow(List<ApiTable.Row> rows) {
        Map<String, VpsRecord> existing =
                database.vpss().existing().stream().collect(Collectors.toMap(VpsRecord::vps, record -> record));
        ApiModel instance = instances.get(0);
        for (ApiTable.Row row : rows) {
            nodes.put(row.vps(), row.node());
            if (!existing.containsKey(row.vps())) {
                appear(instance, row);
            } else if (database.proxmox()
                    .nicOf(row.vps())
                    .filter(nic -> !nic.equals(row.mac()))
                    .isPresent()) {
                say.accept(row.vps() + " has another NIC");
                instance.vpss().replaceNic(row.vps(), row.mac());
            }
        }
        Set<String> listed = rows.stream().map(ApiTable.Row::vps).collect(Collectors.toSet());
        existing.keySet().stream().filter(vps -> !listed.contains(vps)).forEach(vps -> {
            say.accept(vps + " is deleted");
            instance.vpss().delete(vps);
        });
    }

    /** One whose address the table has was there before the API began; the others are created. */
    private void appear(ApiModel instance, ApiTable.Row row) {
        if (row.address().isPresent()) {
            instance.vpss()
                    .existsAlready(
                            new LeaseEntry(
                                    row.vps(), row.organization(), row.address().get(), Optional.of(row.mac()), false),
                            row.node());
        } else {
            instance.vpss()
                    .create(
                            row.vps(),
                            row.organization(),
                            row.node(),
                            new Installation(row.mac(), Duration.ZERO, Result.RUNS));
        }
    }

    /**
     * Opens a local port for each VPS of the table, soon, and whenever there are more. Call before {@link #start}.
     *
     * @param firstPort counted up from here
     * @param command how people use a port, with PORT for its number
     */
    public void offerSsh(int firstPort, String command) {
        SshProxy proxy = new SshProxy(this::gatewayOf);
        Map<String, Integer> ports = new LinkedHashMap<>();
        beforeRound = () -> table.rows()
                .forEach(row -> ports.computeIfAbsent(row.vps(), vps -> {
                    int port = proxy.listen(vps, firstPort + ports.size());
                    say.accept(vps + ": " + command.replace("PORT", Integer.toString(port)));
                    return port;
                }));
        closing = proxy::close;
    }

    /**
     * The gateway of the node that the VPS runs on, each time by a connection of its own that stays open until the end of the
     * API. Any thread.
     */
    public Optional<ConnectClient> gatewayOf(String vps) {
        return Optional.ofNullable(nodes.get(vps)).map(sshGateways::get).map(SocketGateway::sshConnection);
    }

    /** As if it was killed: the connections break, nothing is said. */
    @Override
    public void close() {
        CompletableFuture<Void> killed = new CompletableFuture<>();
        timeline.after(Duration.ZERO, () -> {
            instances.forEach(ApiModel::kill);
            killed.complete(null);
        });
        killed.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
        timeline.close();
        gateways.forEach(SocketGateway::close);
        closing.run();
    }
}
