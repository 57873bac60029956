package cloud.obiente.vpsgateway.hostnet.snat;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import cloud.obiente.vpsgateway.hostnet.watch.RuleChange;
import cloud.obiente.vpsgateway.hostnet.watch.RuleKeeper;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps the source address of what leaves the VPSs' network: exactly one rule, in a chain of our own, with one jump to it,
 * from the start until the stop. Checks every second where the default route leads, and whether interface and address are
 * there, and whether somebody has changed the rule at the interval, and when it hears of a change (of iptables-nft only: nobody tells of those of iptables-legacy).
 *
 * <p>Owns our chain and the thread {@code snat}, on which everything happens; {@link #fault()} is for any thread.
 */
public final class SnatKeeper implements RuleKeeper, AutoCloseable {
    private static final Logger LOG = Logger.getLogger(SnatKeeper.class);
    private static final Duration CHECK_INTERVAL = Duration.ofSeconds(1);
    private static final Path INTERFACES = Path.of("/sys/class/net");
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(10);

    private final Optional<SnatSettings> settings;
    private final Iptables iptables;
    private final StaleRules leftovers;
    private final SnatFlows flows;
    private final DefaultRoute defaultRoute = new DefaultRoute(Path.of("/proc/net/route"));
    private final IpForwarding forwarding = new IpForwarding(Path.of("/proc/sys/net/ipv4/ip_forward"));
    private final Supplier<Set<Ipv4Address>> ownAddresses;
    private final SnatListener listener;
    private final long intervalNanos;
    private final ScheduledThreadPoolExecutor thread =
            new ScheduledThreadPoolExecutor(1, work -> new Thread(work, "snat"));
    /** Completed by the thread. */
    private final CompletableFuture<Void> installed = new CompletableFuture<>();

    private volatile Optional<String> fault = Optional.empty();

    /** Something that iptables may refuse. */
    private interface Work {
        void run() throws SnatFailedException;
    }

    /** Thread {@code snat} only: the rule that was put in place last, and when it was checked. */
    private Optional<SnatRule> applied = Optional.empty();

    private long checkedNanos;

    /**
     * @param settings empty: the source address is left alone
     * @param ownAddresses every address that this host has now
     * @param interval from one comparison of the rule to the next
     */
    public SnatKeeper(
            Optional<SnatSettings> settings,
            HostTools tools,
            Supplier<Set<Ipv4Address>> ownAddresses,
            SnatListener listener,
            Duration interval) {
        this.settings = settings;
        this.iptables = Iptables.detect(tools);
        this.leftovers = new StaleRules(tools, Path.of("/proc/net/ip_tables_names"));
        this.flows = new SnatFlows(tools);
        this.ownAddresses = ownAddresses;
        this.listener = listener;
        this.intervalNanos = interval.toNanos();
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /**
     * Puts the rule in place and keeps it from now on; without settings, removes what an earlier start may have left.
     * Blocks for as long as iptables takes.
     *
     * @throws SnatFailedException when this host cannot do what the settings ask for
     */
    public void start() throws SnatFailedException {
        if (settings.isEmpty()) {
            thread.execute(leftovers::removeAll);
            return;
        }
        try {
            onThread(() -> begin(settings.get()));
        } catch (SnatFailedException e) {
            thread.shutdownNow();
            throw e;
        }
        ScheduledFuture<?> unused = thread.scheduleWithFixedDelay(
                () -> check(settings.get()),
                CHECK_INTERVAL.toMillis(),
                CHECK_INTERVAL.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    /** Why traffic may leave with another address now; empty when all is well or nothing was asked for. */
    public Optional<String> fault() {
        return fault;
    }

    /** Whether the settings ask for it. */
    public boolean isWanted() {
        return settings.isPresent();
    }

    private void begin(SnatSettings wanted) throws SnatFailedException {
        Iptables.Backend backend = iptables.backend();
        leftovers.removeFrom(backend.other());
        NatTable found = iptables.list();
        found.source().filter(old -> !old.equals(wanted.source())).ifPresent(old -> tellOfChange(wanted, old));
        forwarding.check(wanted.manageSysctl());
        apply(wanted, found);
        if (backend == Iptables.Backend.NFT) {
            installed.complete(null);
        }
    }

    @Override
    public CompletionStage<Void> installed() {
        return installed.minimalCompletionStage();
    }

    @Override
    public boolean concerns(RuleChange change) {
        return change.table().equals(SnatRule.TABLE)
                && (change.chain().equals(SnatRule.CHAIN) || change.chain().equals(SnatRule.HOOK));
    }

    /** The kernel goes on translating connections as they began. */
    private void tellOfChange(SnatSettings wanted, Ipv4Address old) {
        OptionalLong using = flows.of(wanted.network(), old);
        LOG.infof(
                "the outbound address changes from %s to %s; connections that use the old one until they end: %s",
                old,
                wanted.source(),
                using.isPresent() ? using.getAsLong() : "unknown, because conntrack does not tell");
    }

    @Override
    public void checkSoon() {
        try {
            thread.execute(() -> {
                if (installed.isDone()) {
                    telling(() -> compare(settings.orElseThrow()));
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.debug("the outbound address is closed", closed);
        }
    }

    private void check(SnatSettings wanted) {
        telling(() -> {
            Optional<InterfaceName> out = out(wanted);
            boolean isDue = System.nanoTime() - checkedNanos >= intervalNanos;
            boolean hasMoved = out.isPresent() && !out.equals(applied.map(SnatRule::out));
            if (hasMoved) {
                apply(wanted, iptables.list());
            } else if (isDue) {
                compare(wanted);
            } else {
                applied.ifPresent(rule -> tell(missing(rule)));
            }
        });
    }

    /** Whatever becomes of the work, the next check runs. */
    private void telling(Work work) {
        try {
            work.run();
        } catch (SnatFailedException e) {
            checkedNanos = System.nanoTime();
            tell(Optional.of("the outbound address is not kept: " + e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("the check of the outbound address failed; trying again", e);
        }
    }

    private void compare(SnatSettings wanted) throws SnatFailedException {
        NatTable found = iptables.list();
        Optional<SnatRule> broken = applied.filter(rule -> !found.isExactly(rule));
        if (broken.isPresent()) {
            LOG.warnf("the outbound address had been changed by somebody else: %s", found.differenceFrom(broken.get()));
        }
        apply(wanted, found);
        if (broken.isPresent()) {
            listener.snatRepaired();
        }
    }

    /** From what was found to what is wanted, in one transaction; nothing is done where both are the same. */
    private void apply(SnatSettings wanted, NatTable found) throws SnatFailedException {
        checkedNanos = System.nanoTime();
        Optional<InterfaceName> out = out(wanted);
        if (out.isEmpty()) {
            tell(Optional.of("there is no default route, so nothing is known about where traffic leaves (set"
                    + " GATEWAY_OUTBOUND_INTERFACE, or give this host a default route)"));
            return;
        }
        SnatRule rule = new SnatRule(wanted.source(), wanted.network(), out.get());
        if (!found.isExactly(rule)) {
            iptables.restore(found.towards(rule));
            LOG.infof("SNAT %s via %s to %s", rule.network(), rule.out(), rule.source());
        }
        applied = Optional.of(rule);
        tell(missing(rule));
    }

    /** Where the default route has gone for now, the last one is as good as any: nothing leaves anyway. */
    private Optional<InterfaceName> out(SnatSettings wanted) {
        return wanted.fixedInterface().or(defaultRoute::out).or(() -> applied.map(SnatRule::out));
    }

    /** What this host lacks for the rule to mean anything. */
    private Optional<String> missing(SnatRule rule) {
        if (!Files.exists(INTERFACES.resolve(rule.out().text()))) {
            return Optional.of("there is no interface " + rule.out()
                    + ", so nothing leaves by it with the outbound address (correct GATEWAY_OUTBOUND_INTERFACE, or leave it"
                    + " out: then it is that of the default route)");
        }
        return ownAddresses.get().contains(rule.source())
                ? Optional.empty()
                : Optional.of(rule.source() + " is no address of this host, so no answer would come back (add it to the"
                        + " outbound interface, or correct GATEWAY_OUTBOUND_IP)");
    }

    private void tell(Optional<String> now) {
        if (!now.equals(fault)) {
            now.ifPresentOrElse(LOG::warn, () -> LOG.info("the outbound address is in place again"));
        }
        fault = now;
    }

    /** Removes the rule, unless GATEWAY_KEEP_RULES says to keep it. Blocks, ten seconds at most. */
    @Override
    public void close() {
        boolean stays = settings.map(SnatSettings::keepRules).orElse(true);
        if (!stays && !thread.isShutdown()) {
            try {
                onThread(this::remove);
            } catch (SnatFailedException e) {
                LOG.warnf("the outbound address could not be removed: %s", e.getMessage());
            }
        }
        thread.shutdownNow();
    }

    private void remove() throws SnatFailedException {
        NatTable found = iptables.list();
        if (!found.isEmpty()) {
            iptables.restore(found.towardsNothing());
            LOG.info("the outbound address is no longer set");
        }
    }

    private void onThread(Work work) throws SnatFailedException {
        Future<?> done = thread.submit(() -> {
            work.run();
            return null;
        });
        try {
            done.get(SHUTDOWN_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof SnatFailedException expected) {
                throw expected;
            }
            throw new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            throw new SnatFailedException("iptables has not ended within " + SHUTDOWN_TIMEOUT.toSeconds() + " s");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SnatFailedException("interrupted while iptables ran");
        }
    }
}
