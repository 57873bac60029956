package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.v1.AllocateIPRequest;
import cloud.obiente.vpsgateway.v1.AllocateIPResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import cloud.obiente.vpsgateway.v1.SyncAllocationsResponse;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A central API: keeps a link to the gateway of every node, allocates addresses for the VPSs of its {@link ApiTable} that
 * have none, syncs at registration and then from time to time, answers whose a MAC is, and carries SSH to each VPS by the
 * gateway of its node. A gateway that is away is tried again at the next round.
 *
 * <p>As a program it reads its settings from the environment: VPS_NODE_GATEWAY_ENDPOINTS
 * ({@code node1:http://gw1:1537,node2:…}), GATEWAY_API_SECRET, API_TABLE (the file), API_INSTANCE (its id; default
 * {@code api-1}), API_SYNC_SECONDS (default 60), API_SSH_PORT (the first of the local ports that lead to VPSs; default: none)
 * and API_SSH_COMMAND (how people use such a port; {@code PORT} stands for it).
 */
public final class ApiSimulator implements AutoCloseable {
    /**
     * @param gateways by node
     * @param instance the id of this API instance
     * @param rounds between two syncs
     */
    public record Settings(Map<String, URI> gateways, String secret, String instance, Path table, Duration rounds) {}

    private final Settings settings;
    private final ApiTable table;
    private final Consumer<String> say;
    private final Map<String, ApiInstance> links = new ConcurrentHashMap<>();
    /** By node and VPS: an address belongs to the gateway that gave it. */
    private final Map<String, String> allocated = new ConcurrentHashMap<>();

    private final ScheduledExecutorService thread =
            Executors.newSingleThreadScheduledExecutor(work -> new Thread(work, "api-simulator"));

    private Runnable beforeRound = () -> {};
    private Runnable closing = () -> {};

    /** @param say hears, in lines for people, what happens */
    public ApiSimulator(Settings settings, Consumer<String> say) {
        this.settings = settings;
        this.table = new ApiTable(settings.table());
        this.say = say;
    }

    /** Runs until it is killed. */
    public static void main(String... arguments) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        ApiSimulator api = new ApiSimulator(
                new Settings(
                        endpoints(environment.get("VPS_NODE_GATEWAY_ENDPOINTS")),
                        environment.get("GATEWAY_API_SECRET"),
                        environment.getOrDefault("API_INSTANCE", "api-1"),
                        Path.of(environment.get("API_TABLE")),
                        Duration.ofSeconds(Long.parseLong(environment.getOrDefault("API_SYNC_SECONDS", "60")))),
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

    /** Begins its rounds. */
    public void start() {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(this::round, 0, settings.rounds().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * Opens a local port for each VPS of the table, at the next round and whenever there are more. Call before {@link
     * #start}.
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

    /** The gateway of the node that the VPS runs on, as long as it is connected. */
    public Optional<ConnectClient> gatewayOf(String vps) {
        return table.ofVps(vps).map(ApiTable.Row::node).map(links::get).map(ApiInstance::client);
    }

    private void round() {
        beforeRound.run();
        settings.gateways().forEach(this::workOrSay);
    }

    private void workOrSay(String node, URI gateway) {
        try {
            work(node, links.computeIfAbsent(node, unconnected -> connect(node, gateway)));
        } catch (RuntimeException | AssertionError failure) {
            say.accept(node + ": " + failure + "; trying again in "
                    + settings.rounds().toSeconds() + " s");
            Optional.ofNullable(links.remove(node)).ifPresent(ApiInstance::close);
        }
    }

    private ApiInstance connect(String node, URI gateway) {
        ApiInstance link = new ApiInstance(gateway, settings.secret(), settings.instance(), node, this::whose);
        try {
            say.accept(node + ": connected to a gateway of version "
                    + link.awaitRegistered().getVersion());
            return link;
        } catch (RuntimeException refused) {
            link.close();
            throw refused;
        }
    }

    private void work(String node, ApiInstance link) {
        List<ApiTable.Row> rows = table.of(node);
        rows.stream().filter(row -> addressOf(row).isEmpty()).forEach(row -> allocate(row, link));
        link.sync(rows.stream()
                .flatMap(row -> addressOf(row).map(address -> desired(row, address)).stream())
                .toList());
        SyncAllocationsResponse result = link.awaitSyncResult();
        result.getDiscoveredAllocationsList()
                .forEach(found -> allocated.put(key(node, found.getVpsId()), found.getIpAddress()));
        if (!result.getSuccess()
                || result.getAdded() + result.getRemoved() + result.getDiscoveredAllocationsCount() > 0) {
            say.accept(node + ": synced: " + result.getMessage());
        }
    }

    private Optional<String> addressOf(ApiTable.Row row) {
        return row.address().or(() -> Optional.ofNullable(allocated.get(key(row.node(), row.vps()))));
    }

    private static String key(String node, String vps) {
        return node + " " + vps;
    }

    private void allocate(ApiTable.Row row, ApiInstance link) {
        AllocateIPResponse given = link.client()
                .call(
                        "AllocateIP",
                        AllocateIPRequest.newBuilder()
                                .setVpsId(row.vps())
                                .setOrganizationId(row.organization())
                                .setMacAddress(row.mac())
                                .build(),
                        AllocateIPResponse.parser())
                .join();
        allocated.put(key(row.node(), row.vps()), given.getIpAddress());
        say.accept(row.node() + ": " + row.vps() + " has " + given.getIpAddress());
    }

    private static DesiredAllocation desired(ApiTable.Row row, String address) {
        return DesiredAllocation.newBuilder()
                .setVpsId(row.vps())
                .setOrganizationId(row.organization())
                .setIpAddress(address)
                .setMacAddress(row.mac())
                .build();
    }

    private Optional<FindVPSByLeaseResponse> whose(FindVPSByLeaseRequest question) {
        FindVPSByLeaseResponse.Builder answer = FindVPSByLeaseResponse.newBuilder();
        table.withMac(question.getMac())
                .ifPresent(row -> answer.setVpsId(row.vps()).setOrganizationId(row.organization()));
        say.accept("whose is " + question.getMac() + "? "
                + (answer.getVpsId().isEmpty() ? "nobody's" : answer.getVpsId() + "'s"));
        return Optional.of(answer.build());
    }

    /** As if it was killed: the connections break, nothing is said. */
    @Override
    public void close() {
        thread.shutdownNow();
        links.values().forEach(ApiInstance::close);
        closing.run();
    }
}
