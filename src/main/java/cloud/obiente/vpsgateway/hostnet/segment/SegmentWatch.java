package cloud.obiente.vpsgateway.hostnet.segment;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Watches the VPSs' segment: asks at an interval, and soon after something has changed, who uses the addresses that matter,
 * looks for other DHCP servers, and exchanges beacons with other gateways. Owns the thread {@code segment}, on which it may
 * block for some 20 s; nobody waits for it.
 */
public final class SegmentWatch implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SegmentWatch.class);
    private static final Duration SOON = Duration.ofSeconds(1);
    /** Longer than the 3 s for which dnsmasq pings an address before it offers it. */
    private static final Duration LISTENING = Duration.ofSeconds(5);
    /** A gateway that searches at our interval is missed three times before it is believed gone. */
    private static final int SEARCHES_REMEMBERED = 4;

    private final AddressUse addressUse;
    private final OtherServers otherServers;
    private final OtherGateways otherGateways;
    private final BeaconExchange beacons;
    private final SegmentSettings settings;
    private final AtomicBoolean soon = new AtomicBoolean();
    private final ScheduledThreadPoolExecutor thread = new ScheduledThreadPoolExecutor(1, work -> {
        Thread segment = new Thread(work, "segment");
        segment.setDaemon(true);
        return segment;
    });

    private SegmentWatch(
            AddressUse addressUse,
            OtherServers otherServers,
            OtherGateways otherGateways,
            BeaconExchange beacons,
            SegmentSettings settings) {
        this.addressUse = addressUse;
        this.otherServers = otherServers;
        this.otherGateways = otherGateways;
        this.beacons = beacons;
        this.settings = settings;
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * A watch that has not started.
     *
     * @param steady a clock that nobody sets
     */
    public static SegmentWatch of(
            SegmentSettings settings,
            Supplier<IpamSnapshot> allocations,
            HostTools tools,
            SegmentListener listener,
            Clock clock,
            Clock steady,
            Random random) {
        SegmentInterface segment = settings.segment();
        GatewayBeacon own = new GatewayBeacon(random.nextLong(), settings.node(), settings.pool(), settings.share());
        MacAddress probe = ProbeMac.of(own.part(), random);
        Duration searchInterval = settings.searchInterval().orElse(Duration.ZERO);
        OtherGateways gateways = new OtherGateways(
                own,
                probe,
                segment.ownAddresses(),
                listener,
                steady,
                searchInterval.plus(LISTENING).multipliedBy(SEARCHES_REMEMBERED));
        return new SegmentWatch(
                new AddressUse(
                        new ArpProbe(tools, segment),
                        allocations,
                        listener,
                        clock,
                        settings.roundInterval().orElse(Duration.ZERO).dividedBy(2)),
                new OtherServers(
                        new DhcpServerSearch(segment, probe, LISTENING, random), segment.ownAddresses(), listener),
                gateways,
                new BeaconExchange(segment, settings.subnet(), own, gateways),
                settings);
    }

    /** What of the segment is watched. */
    public SegmentSettings settings() {
        return settings;
    }

    /** Who answers for which address. */
    public AddressUse addressUse() {
        return addressUse;
    }

    /** The other gateways on the segment. */
    public OtherGateways otherGateways() {
        return otherGateways;
    }

    /** Why other gateways are not heard, or not told of this one; empty when they are. Any thread. */
    public Optional<String> gatewaysNotChecked() {
        return beacons.notChecked();
    }

    /** The other servers on the segment. */
    public OtherServers otherServers() {
        return otherServers;
    }

    /** Checks periodically from now on, the first time at once. */
    public void start() {
        settings.roundInterval().ifPresent(interval -> every(interval, this::runOnce));
        settings.searchInterval().ifPresent(interval -> {
            every(interval, otherServers::check);
            beacons.start();
        });
    }

    private void probeSoon(Collection<Ipv4Address> addresses) {
        if (settings.roundInterval().isPresent()) {
            addressUse.request(addresses);
            roundSoon();
        }
    }

    /**
     * {@link AddressUse#latest}, for those who rely on it: what is not known, or not for long any more, is asked for soon, so
     * that whoever asks from time to time is told. Any thread; at once.
     */
    public Optional<AddressUse.Fact> known(Ipv4Address address) {
        if (addressUse.isDue(address)) {
            probeSoon(List.of(address));
        }
        return addressUse.latest(address);
    }

    /**
     * To be told of every commit: others are next to be given now, and what was given as somebody wished may be in use. Any
     * thread; at once.
     */
    public void changed(List<AllocationChange> changes) {
        probeSoon(changes.stream()
                .filter(SegmentWatch::givesAnAddress)
                .map(change -> change.subject().address())
                .filter(address -> addressUse.latest(address).isEmpty()
                        || addressUse.conflict(address).isPresent())
                .toList());
    }

    private static boolean givesAnAddress(AllocationChange change) {
        Optional<Allocation> after = change.after().filter(Allocation::isPrivate);
        return after.isPresent()
                && !after.map(Allocation::address).equals(change.before().map(Allocation::address));
    }

    @Override
    public void close() {
        thread.shutdownNow();
        beacons.close();
    }

    private void roundSoon() {
        if (soon.compareAndSet(false, true)) {
            try {
                ScheduledFuture<?> unused = thread.schedule(
                        () -> {
                            soon.set(false);
                            guarded(this::runOnce);
                        },
                        SOON.toMillis(),
                        TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException closed) {
                LOG.debug("the segment is not watched any more", closed);
            }
        }
    }

    private void runOnce() {
        try {
            if (addressUse.probe()) {
                roundSoon();
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private void every(Duration between, Runnable work) {
        ScheduledFuture<?> unused =
                thread.scheduleWithFixedDelay(() -> guarded(work), 0, between.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("the segment could not be watched; trying again at the next round", e);
        }
    }
}
