package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.RebindOutcome;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.ipam.AllocateCommand;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.RebindCommand;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Rebinds an address to the NIC that its VPS uses, when that is not the NIC it was allocated for. The API says whose NIC it is.
 *
 * <p>Its work is done on {@code api-links}; it is told of MACs on any thread. VPSs can make up as many MACs as they like, so
 * this class bounds how many wait for a check, and {@link MacInquiries} bounds the questions about them.
 */
public final class MacResolver {
    static final int MAX_WAITING = 1_024;
    private static final int MAX_REMEMBERED_MACS = 10_000;
    private static final Duration REBIND_INTERVAL = Duration.ofMinutes(1);
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(10);
    private static final int TICKS_PER_LEASE_CHECK = 10;
    private static final Logger LOG = Logger.getLogger(MacResolver.class);

    private final UnknownClients mode;
    private final Duration maxLeaseTime;
    private final Supplier<IpamSnapshot> allocations;
    private final Supplier<LeaseSnapshot> leases;
    private final Predicate<MacAddress> servedPublicly;
    private final MacBinder bindings;
    private final ApiLinkListener listener;
    private final Clock clock;
    private final Clock steady;
    private final Executor loop;
    private final MacInquiries inquiries;
    /** When a MAC whose VPS is known may be bound again; the most recent ones. */
    private final Map<MacAddress, Instant> resolveAgainAt = latest();
    /** When a MAC without its address was last seen asking for one, or leasing one; those seen last. */
    private final Map<MacAddress, Instant> lastAsked = latest();

    /** MACs that were reported and not checked yet; any thread. */
    private final Set<MacAddress> waiting = ConcurrentHashMap.newKeySet();

    private final AtomicBoolean leaseCheckQueued = new AtomicBoolean();

    private int ticks;

    /**
     * @param maxLeaseTime the longest for which this gateway gives leases
     * @param servedPublicly NICs that get a public address by DHCP: theirs is not the private address of their VPS
     */
    public MacResolver(
            UnknownClients mode,
            Duration maxLeaseTime,
            ApiLinkRegistry links,
            Supplier<IpamSnapshot> allocations,
            Supplier<LeaseSnapshot> leases,
            Predicate<MacAddress> servedPublicly,
            MacBinder bindings,
            ApiLinkListener listener,
            Clock clock) {
        this.mode = mode;
        this.maxLeaseTime = maxLeaseTime;
        this.allocations = allocations;
        this.leases = leases;
        this.servedPublicly = servedPublicly;
        this.bindings = bindings;
        this.listener = listener;
        this.clock = clock;
        this.steady = links.steady();
        this.loop = links.loop();
        this.inquiries = links.inquiries();
        inquiries.onFound(this::found);
    }

    /** An instance of the API has registered: the leases may have waited for it. Any thread; cheap. */
    public void apiRegistered() {
        loop.execute(this::checkLeases);
    }

    private static Map<MacAddress, Instant> latest() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<MacAddress, Instant> eldest) {
                return size() > MAX_REMEMBERED_MACS;
            }
        };
    }

    /** A MAC without a reservation asks for an address. Any thread; cheap. */
    public void unknownClient(MacAddress mac) {
        if (waiting.size() < MAX_WAITING && waiting.add(mac)) {
            loop.execute(() -> {
                waiting.remove(mac);
                check(mac);
            });
        }
    }

    /** The set of leases has changed: where unknown clients get any, theirs may be among them. Any thread; cheap. */
    public void leasesChanged() {
        if (mode == UnknownClients.SERVE && leaseCheckQueued.compareAndSet(false, true)) {
            loop.execute(() -> {
                leaseCheckQueued.set(false);
                checkLeases();
            });
        }
    }

    /** To be called about every second, on any thread. */
    public void tick() {
        loop.execute(() -> {
            ticks++;
            if (ticks % TICKS_PER_LEASE_CHECK == 0) {
                checkLeases();
            }
        });
    }

    /** MACs that have asked for an address and have none here, those that asked last first. Any thread. */
    public CompletionStage<List<UnknownMac>> unknownMacs() {
        CompletableFuture<List<UnknownMac>> result = new CompletableFuture<>();
        loop.execute(() -> result.complete(lastAsked.entrySet().stream()
                .filter(asked -> !hasItsAddress(asked.getKey()))
                .sorted(Map.Entry.<MacAddress, Instant>comparingByValue().reversed())
                .map(asked -> new UnknownMac(asked.getKey(), asked.getValue(), inquiries.known(asked.getKey())))
                .toList()));
        return result;
    }

    private void checkLeases() {
        leases.get().live(clock.instant()).stream()
                .filter(this::isSignOfItsNic)
                .map(Lease::mac)
                .distinct()
                .forEach(this::check);
    }

    /**
     * The lease of a replaced NIC outlives it. Where dnsmasq gives unknown clients nothing, a NIC that comes back asks again;
     * where they are served, it has a lease that was given since then. A lease without end says nothing of when it was given.
     */
    private boolean isSignOfItsNic(Lease lease) {
        return allocations
                .get()
                .superseded(lease.mac())
                .map(replaced -> mode == UnknownClients.SERVE
                        && lease.expires()
                                .filter(end -> end.minus(maxLeaseTime).isAfter(replaced.at()))
                                .isPresent())
                .orElse(true);
    }

    private void check(MacAddress mac) {
        if (hasItsAddress(mac)) {
            return;
        }
        lastAsked.put(mac, clock.instant());
        Optional<MacAnswer> known = inquiries.nicAsks(mac);
        LOG.debugf(
                "%s has no address here; API: %s",
                mac, known.map(Object::toString).orElse("not answered yet"));
        known.ifPresent(answer -> {
            if (answer instanceof MacAnswer.Found found) {
                resolve(mac, found);
            }
        });
    }

    /**
     * An answer that took its time may be about a NIC that another one has replaced meanwhile: only one that has asked since
     * then is there.
     */
    private void found(MacAddress mac, MacAnswer.Found found) {
        boolean isGone = allocations
                .get()
                .superseded(mac)
                .filter(replaced -> lastAsked.getOrDefault(mac, Instant.MIN).isBefore(replaced.at()))
                .isPresent();
        if (!isGone && !hasItsAddress(mac)) {
            resolve(mac, found);
        }
    }

    /** Or an earlier run has given it one, and the API is being asked whose it is. */
    private boolean hasItsAddress(MacAddress mac) {
        IpamSnapshot now = allocations.get();
        return now.ofMac(mac).isPresent() || now.unclaimedOf(mac).isPresent() || servedPublicly.test(mac);
    }

    private Optional<Ipv4Address> leasedBy(MacAddress mac) {
        return leases.get().of(mac).stream()
                .filter(lease -> lease.isLive(clock.instant()))
                .map(Lease::address)
                .findFirst();
    }

    private void resolve(MacAddress mac, MacAnswer.Found found) {
        Instant now = steady.instant();
        if (now.isBefore(resolveAgainAt.getOrDefault(mac, Instant.MIN))) {
            return;
        }
        // Two NICs that the API gives to one VPS would take its address from each other without end.
        resolveAgainAt.put(mac, now.plus(REBIND_INTERVAL));
        Optional<Allocation> held = allocations.get().privateOf(found.vps());
        if (held.isPresent()) {
            bindings.rebind(new RebindCommand(found.vps(), found.organization(), mac))
                    .whenComplete((outcome, fault) ->
                            loop.execute(() -> bound(RebindOutcome.REBOUND, mac, found, outcome, fault)));
        } else if (mode.adopts()) {
            adopt(mac, found)
                    .whenComplete((outcome, fault) ->
                            loop.execute(() -> bound(RebindOutcome.ADOPTED, mac, found, outcome, fault)));
        } else {
            // It may get an address here at any moment; then the next check must not wait.
            resolveAgainAt.remove(mac);
            listener.macResolved(RebindOutcome.LEFT_ALONE);
            LOG.debugf("%s belongs to %s, which has no address here", mac, found.vps());
        }
    }

    /** The address that it has already, where that is possible. */
    private CompletionStage<Outcome<Allocation>> adopt(MacAddress mac, MacAnswer.Found found) {
        Optional<Ipv4Address> leased = leasedBy(mac);
        CompletionStage<Outcome<Allocation>> preferred = allocate(mac, found, leased);
        return preferred.thenCompose(outcome -> outcome instanceof Outcome.Refused<Allocation> && leased.isPresent()
                ? allocate(mac, found, Optional.empty())
                : CompletableFuture.completedFuture(outcome));
    }

    private CompletionStage<Outcome<Allocation>> allocate(
            MacAddress mac, MacAnswer.Found found, Optional<Ipv4Address> preferred) {
        return bindings.allocate(new AllocateCommand(found.vps(), found.organization(), Optional.of(mac), preferred));
    }

    private void bound(
            RebindOutcome success,
            MacAddress mac,
            MacAnswer.Found found,
            Outcome<Allocation> outcome,
            Throwable fault) {
        if (fault == null && outcome instanceof Outcome.Done<Allocation> done) {
            LOG.infof(
                    "API confirmed: %s belongs to %s; %s is bound to it now",
                    mac, found.vps(), done.value().address());
            listener.macResolved(success);
            return;
        }
        resolveAgainAt.put(mac, steady.instant().plus(RETRY_INTERVAL));
        String why = outcome instanceof Outcome.Refused<Allocation> refused
                ? refused.refusal().message()
                : String.valueOf(fault);
        LOG.warnf("API confirmed: %s belongs to %s, but its address cannot be bound to it: %s", mac, found.vps(), why);
        listener.macResolved(RebindOutcome.REFUSED);
    }
}
