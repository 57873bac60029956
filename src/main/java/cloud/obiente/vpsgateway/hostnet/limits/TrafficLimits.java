package cloud.obiente.vpsgateway.hostnet.limits;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.ToolResult;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Holds each VPS to so many DNS questions, DNS connections and DHCP packets that the others still get theirs, by a table of
 * nft's of our own. Owns the thread {@code limits}, which alone changes and reads that table.
 *
 * <p>Nothing waits for this: where it cannot be, everything is served without it, and health says so. The table goes when
 * the gateway is stopped; one that a killed gateway has left is replaced, or removed, by the next start.
 */
public final class TrafficLimits implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(TrafficLimits.class);

    private final Optional<LimitSettings> settings;
    private final Supplier<Map<MacAddress, VpsId>> vpss;
    private final HostTools tools;
    private final LimitListener listener;
    private final DroppedPackets dropped;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(work -> new Thread(work, "limits"));
    /** What the kernel was last told; touched by the thread only. */
    private Set<MacAddress> applied = Set.of();

    private boolean loaded;
    /** The ports of the bridge when they were last followed; none where it is no bridge. */
    private Set<String> ports = Set.of();

    private boolean portsLoaded;

    private String expectedOfPorts = "";
    /** How the kernel prints our rules, learnt from the first load; empty before. */
    private String expected = "";

    private volatile LimitStatus status = LimitStatus.NOT_YET;

    /**
     * Changes nothing yet.
     *
     * @param settings empty: no limits, and what an earlier run has left is removed
     * @param vpss the VPSs of this node by their MAC addresses, at the moment of the question; called on our thread
     */
    public TrafficLimits(
            Optional<LimitSettings> settings,
            Supplier<Map<MacAddress, VpsId>> vpss,
            HostTools tools,
            LimitListener listener,
            Clock clock) {
        this.settings = settings;
        this.vpss = vpss;
        this.tools = tools;
        this.listener = listener;
        this.dropped = new DroppedPackets(clock, listener);
    }

    public boolean wanted() {
        return settings.isPresent();
    }

    public LimitStatus status() {
        return status;
    }

    /** Puts the limits in place; completes, never exceptionally, when that was done or has failed. */
    public CompletionStage<Void> start() {
        return queue(settings.isPresent() ? this::load : this::removeLeftover);
    }

    /** Gives VPSs that have come limits of their own; costs nothing where none has come or gone. */
    public void follow() {
        CompletableFuture<Void> unused = queue(this::followVpss);
    }

    /** Compares the table with what it should be, mends it, and reads what was dropped. */
    public void check() {
        CompletableFuture<Void> unused = queue(this::compareAndCount);
    }

    /** Removes the table; blocks until that is done. */
    @Override
    public void close() {
        CompletableFuture<Void> removed = queue(() -> {
            if (loaded) {
                nft(LimitRules.remove());
                removePorts();
            }
        });
        thread.shutdown();
        removed.join();
    }

    private interface Work {
        void run() throws IOException;
    }

    private CompletableFuture<Void> queue(Work work) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            thread.execute(() -> {
                try {
                    work.run();
                } catch (IOException | RuntimeException e) {
                    note(Optional.of("DNS and DHCP are served without limits for one VPS: " + e.getMessage()));
                } finally {
                    done.complete(null);
                }
            });
        } catch (RejectedExecutionException closed) {
            done.complete(null);
        }
        return done;
    }

    private void load() throws IOException {
        Set<MacAddress> known = Set.copyOf(vpss.get().keySet());
        loaded = false;
        require(nft(LimitRules.load(settings.orElseThrow(), known)));
        loaded = true;
        applied = known;
        dropped.kernelCountsFromZero();
        if (expected.isEmpty()) {
            expected =
                    LimitListing.parse(require(nft(LimitRules.list())).output()).rules();
        }
        note(Optional.empty());
        loadPorts(known);
    }

    /** An addition: a kernel that cannot do this does the rest. */
    private void loadPorts(Set<MacAddress> known) throws IOException {
        ports = VpsPorts.of(settings.orElseThrow().vpsInterface());
        if (ports.isEmpty()) {
            removePorts();
            return;
        }
        ToolResult made = nft(PortRules.load(known, ports));
        portsLoaded = made.succeeded();
        if (!portsLoaded) {
            LOG.debugf("DHCP has no limits by port: %s", made.complaint());
            return;
        }
        expectedOfPorts =
                LimitListing.parse(require(nft(PortRules.list())).output()).rules();
    }

    private void removePorts() throws IOException {
        if (portsLoaded) {
            nft(PortRules.remove());
            portsLoaded = false;
        }
    }

    private void removeLeftover() throws IOException {
        ToolResult tables = nft("list tables\n");
        for (String table : List.of(LimitRules.TABLE, PortRules.TABLE)) {
            if (tables.succeeded() && tables.output().contains("table " + table + "\n")) {
                nft("delete table " + table + "\n");
            }
        }
    }

    private void followVpss() throws IOException {
        if (!loaded) {
            return;
        }
        Set<MacAddress> known = vpss.get().keySet();
        boolean samePorts = ports.equals(VpsPorts.of(settings.orElseThrow().vpsInterface()));
        if (known.equals(applied) && samePorts) {
            return;
        }
        ToolResult changed = nft(LimitRules.change(without(applied, known), without(known, applied)));
        if (changed.succeeded()) {
            applied = Set.copyOf(known);
            note(Optional.empty());
            // Whole: ports come and go with VPSs, and the table is small.
            loadPorts(applied);
        } else {
            LOG.debugf("table %s is not as it was left: %s", LimitRules.TABLE, changed.complaint());
            mend();
        }
    }

    private void compareAndCount() throws IOException {
        if (settings.isEmpty()) {
            return;
        }
        if (!loaded) {
            load();
            return;
        }
        followVpss();
        ToolResult result = nft(LimitRules.list());
        Optional<LimitListing> listing =
                result.succeeded() ? Optional.of(LimitListing.parse(result.output())) : Optional.empty();
        Optional<LimitListing> byPort = listPorts();
        listing.map(read -> read.with(byPort)).ifPresent(read -> dropped.count(read, vpss.get()));
        boolean asLeft = portsAreAsLeft(byPort)
                && listing.filter(read -> read.rules().equals(expected))
                        .filter(read -> read.known().equals(applied))
                        .isPresent();
        if (!asLeft) {
            mend();
        }
    }

    private Optional<LimitListing> listPorts() throws IOException {
        if (!portsLoaded) {
            return Optional.empty();
        }
        ToolResult result = nft(PortRules.list());
        return result.succeeded() ? Optional.of(LimitListing.parse(result.output())) : Optional.empty();
    }

    private boolean portsAreAsLeft(Optional<LimitListing> byPort) {
        return !portsLoaded
                || byPort.filter(read -> read.rules().equals(expectedOfPorts))
                        .filter(read -> read.known().equals(applied))
                        .isPresent();
    }

    private void mend() throws IOException {
        LOG.warnf("table %s was changed or removed by somebody else; making it anew", LimitRules.TABLE);
        load();
        listener.limitsMended();
    }

    private static Set<MacAddress> without(Set<MacAddress> all, Set<MacAddress> others) {
        Set<MacAddress> rest = new HashSet<>(all);
        rest.removeAll(others);
        return rest;
    }

    private ToolResult nft(String script) throws IOException {
        return tools.run(List.of("nft", "-f", "-"), script);
    }

    private static ToolResult require(ToolResult result) throws IOException {
        if (result.succeeded()) {
            return result;
        }
        throw new IOException(result.complaint()
                + (result.missing()
                        ? " (install nftables)"
                        : " (nftables 1.0 or newer, CAP_NET_ADMIN and a kernel with nf_tables are needed)"));
    }

    private void note(Optional<String> fault) {
        if (!fault.equals(status.fault())) {
            fault.ifPresentOrElse(LOG::warn, () -> LOG.info("each VPS has its limits for DNS and DHCP"));
        }
        status = new LimitStatus(applied.size(), fault);
    }
}
