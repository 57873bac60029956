package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.LearnOwnAddressesCommand;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.OwnAddressReport;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Keeps the addresses that this host has on the VPSs' network out of the pool, whenever the interface gets them. An
 * interface without any teaches nothing: it may be on its way back, so what it had stays withheld.
 *
 * <p>Owns whether a change is under way, and who was last known to be stranded. Checks run on the thread {@code chores}.
 */
final class OwnAddressWatch {
    private static final Logger LOG = Logger.getLogger(OwnAddressWatch.class);
    private static final Caller CALLER = Caller.of("own-address");

    private final Supplier<? extends Collection<Ipv4Address>> ownAddresses;
    private final Ipam ipam;
    private final Provisioner provisioner;
    private final AtomicBoolean inProgress = new AtomicBoolean();
    private volatile List<Allocation> stranded = List.of();

    /** @param ownAddresses those on the VPSs' network, of now */
    OwnAddressWatch(Supplier<? extends Collection<Ipv4Address>> ownAddresses, Ipam ipam, Provisioner provisioner) {
        this.ownAddresses = ownAddresses;
        this.ipam = ipam;
        this.provisioner = provisioner;
    }

    /** Before anybody is served, so that only the allocations have to follow; blocks until they are durable. */
    void start() {
        Set<Ipv4Address> own = Set.copyOf(ownAddresses.get());
        if (isNews(own)) {
            report(
                    own,
                    ipam.submit(CALLER, new LearnOwnAddressesCommand(own), Cancellation.NONE)
                            .toCompletableFuture()
                            .join());
        }
    }

    /** Checks once, and puts what is new into effect. */
    void check() {
        Set<Ipv4Address> own = Set.copyOf(ownAddresses.get());
        if (!isNews(own) || !inProgress.compareAndSet(false, true)) {
            return;
        }
        CompletionStage<ProvisionResult<OwnAddressReport>> learnt =
                provisioner.submit(CALLER, new LearnOwnAddressesCommand(own), Cancellation.NONE);
        learnt.whenComplete((provisioned, failure) -> {
            inProgress.set(false);
            if (failure != null) {
                LOG.warnf("the addresses %s of this host could not be withheld; trying again: %s", own, failure);
            } else {
                report(own, provisioned.outcome());
            }
        });
    }

    private boolean isNews(Set<Ipv4Address> own) {
        IpamSnapshot now = ipam.snapshot();
        boolean changed = !now.pool().own().equals(own);
        boolean movable = now.poolAvailable() > 0
                && own.stream()
                        .anyMatch(address ->
                                now.at(address).filter(Allocation::isPrivate).isPresent());
        return !own.isEmpty() && (changed || movable);
    }

    private void report(Set<Ipv4Address> own, Outcome<OwnAddressReport> outcome) {
        if (!(outcome instanceof Outcome.Done<OwnAddressReport> done)) {
            LOG.warnf("the addresses %s of this host could not be withheld; trying again: %s", own, outcome);
            return;
        }
        own.stream()
                .filter(address -> ipam.snapshot().pool().range().contains(address))
                .filter(address -> !ipam.snapshot().pool().reserved().contains(address))
                .forEach(address -> LOG.warnf(
                        "the gateway's own address %s lies in the pool; set GATEWAY_DHCP_LISTEN_IP so that it is never given away",
                        address));
        done.value().moved().forEach(OwnAddressWatch::reportMove);
        if (!done.value().stranded().equals(stranded)) {
            stranded = done.value().stranded();
            stranded.forEach(allocation -> LOG.errorf(
                    "%s holds %s, which is this gateway's own address, and no other is free;"
                            + " it cannot be reached (release some address, or enlarge the pool)",
                    allocation.vps(), allocation.address()));
        }
    }

    private static void reportMove(AllocationChange move) {
        LOG.warnf(
                "%s held %s, which is this gateway's own address now; it has %s instead, and gets it when it asks by DHCP",
                move.subject().vps(),
                move.before().orElseThrow().address(),
                move.subject().address());
    }
}
