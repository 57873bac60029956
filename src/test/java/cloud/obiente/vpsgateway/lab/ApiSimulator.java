package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.v1.DesiredAllocation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * A central API as a program: keeps a link to the gateway of every node, syncs at registration and then from time to time,
 * and answers whose a MAC is. Its database is a file, read anew each time: one VPS a line, {@code node vps organization
 * address mac}.
 *
 * <p>Environment: VPS_NODE_GATEWAY_ENDPOINTS ({@code node1:http://gw1:1537,node2:…}), GATEWAY_API_SECRET, API_TABLE (the
 * file), API_INSTANCE (its id), API_SYNC_SECONDS (default 60).
 */
public final class ApiSimulator {
    private static final int COLUMNS = 5;

    private final String secret;
    private final String id;
    private final Path table;
    private final Map<String, ApiInstance> links = new LinkedHashMap<>();

    private ApiSimulator(String secret, String id, Path table) {
        this.secret = secret;
        this.id = id;
        this.table = table;
    }

    /** Runs until it is killed. */
    public static void main(String... arguments) throws InterruptedException {
        Map<String, String> environment = System.getenv();
        ApiSimulator api = new ApiSimulator(
                environment.get("GATEWAY_API_SECRET"),
                environment.getOrDefault("API_INSTANCE", "api-1"),
                Path.of(environment.get("API_TABLE")));
        Map<String, URI> gateways = endpoints(environment.get("VPS_NODE_GATEWAY_ENDPOINTS"));
        long seconds = Long.parseLong(environment.getOrDefault("API_SYNC_SECONDS", "60"));
        ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(() -> gateways.forEach(api::syncOrSay), 0, seconds, TimeUnit.SECONDS);
        Thread.currentThread().join();
    }

    /** By node, from the form {@code node1:http://gw1:1537,node2:…}. */
    static Map<String, URI> endpoints(String text) {
        Map<String, URI> endpoints = new LinkedHashMap<>();
        for (String entry : text.split(",")) {
            String[] nodeAndUri = entry.strip().split(":", 2);
            endpoints.put(nodeAndUri[0], URI.create(nodeAndUri[1]));
        }
        return endpoints;
    }

    /** A gateway that is away is tried again at the next round. */
    private void syncOrSay(String node, URI gateway) {
        try {
            ApiInstance link = links.get(node);
            if (link == null) {
                link = new ApiInstance(gateway, secret, id, node, this::whose);
                links.put(node, link);
                System.out.println(node + ": " + link.awaitRegistered());
            }
            link.sync(desired(node));
            System.out.println(node + ": " + link.awaitSyncResult());
        } catch (RuntimeException | AssertionError failure) {
            System.out.println(node + ": " + failure);
            Optional.ofNullable(links.remove(node)).ifPresent(ApiInstance::close);
        }
    }

    private Optional<FindVPSByLeaseResponse> whose(FindVPSByLeaseRequest question) {
        FindVPSByLeaseResponse.Builder answer = FindVPSByLeaseResponse.newBuilder();
        rows().stream()
                .filter(row -> row[4].equalsIgnoreCase(question.getMac()))
                .findFirst()
                .ifPresent(row -> answer.setVpsId(row[1]).setOrganizationId(row[2]));
        System.out.println("whose is " + question.getMac() + "? '" + answer.getVpsId() + "'");
        return Optional.of(answer.build());
    }

    private List<DesiredAllocation> desired(String node) {
        return rows().stream()
                .filter(row -> row[0].equals(node))
                .map(row -> DesiredAllocation.newBuilder()
                        .setVpsId(row[1])
                        .setOrganizationId(row[2])
                        .setIpAddress(row[3])
                        .setMacAddress(row[4])
                        .build())
                .toList();
    }

    private List<String[]> rows() {
        try {
            return Files.readAllLines(table).stream()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(row -> row.length == COLUMNS && !row[0].startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
