package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.dnsmasq.HostEntry;
import cloud.obiente.vpsgateway.dnsmasq.PreviousRunFiles;
import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.RebindChanges;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * What the files of an earlier run know and the store does not: because the store is new, or older than they are, or because
 * another gateway wrote them. Starting without memory is not knowing that nobody is there: the leases in the file were given
 * by this gateway, so its client keeps it until the API has answered.
 *
 * @param files as they were left
 * @param dynamicRange addresses that are leased to any client: a lease of one of them is no sign of an allocation
 */
public record PreviousRunRecovery(PreviousRunFiles files, Predicate<Ipv4Address> dynamicRange)
        implements Decision<PreviousRunRecovery.Recalled> {

    /**
     * What came of it.
     *
     * @param imported allocations of VPSs whose names the files have
     * @param rebound allocations whose address another MAC leases than the store has
     * @param unclaimed leases of which nobody knows whose they are
     */
    public record Recalled(int imported, int rebound, int unclaimed) {}

    private static final Recalled NOTHING = new Recalled(0, 0, 0);
    private static final Caller CALLER = Caller.of("files of an earlier run");
    private static final Logger LOG = Logger.getLogger(PreviousRunRecovery.class);

    /**
     * Brings back what the files know. To be called at the start, before the child is started, which writes its files anew.
     * Blocks until that is durable.
     *
     * @throws StoreException when it could not be made durable
     */
    public static void recall(Ipam ipam, PreviousRunFiles files, Predicate<Ipv4Address> dynamicRange) {
        Outcome<Recalled> outcome = ipam.submit(
                        CALLER, Action.IMPORT, new PreviousRunRecovery(files, dynamicRange), Cancellation.NONE)
                .toCompletableFuture()
                .join();
        if (outcome instanceof Outcome.Refused<Recalled> refused) {
            throw new StoreException(refused.refusal().message());
        }
        Recalled recalled = ((Done<Recalled>) outcome).value();
        if (!recalled.equals(NOTHING)) {
            LOG.warnf(
                    "the store is new, or older than dnsmasq's files: %d allocations were imported from them, %d have the"
                            + " MAC that leases them, and %d leases go on until the API has said whose they are",
                    recalled.imported(), recalled.rebound(), recalled.unclaimed());
        }
    }

    @Override
    public Outcome<Recalled> decide(IpamSnapshot state, Instant at) {
        List<Lease> live = files.leases().stream()
                .filter(lease -> lease.isLive(at) && state.pool().contains(lease.address()))
                .filter(lease -> !dynamicRange.test(lease.address()))
                .toList();
        List<AllocationChange> displaced = displaced(state, live);
        IpamSnapshot withoutDisplaced = state.withChanges(displaced, at);
        List<AllocationChange> imported = imported(withoutDisplaced, live, at);
        IpamSnapshot withImported = withoutDisplaced.withChanges(imported, at);
        List<AllocationChange> rebound = rebound(withImported, live);
        IpamSnapshot recalled = withImported.withChanges(rebound, at);
        List<UnclaimedLease> unclaimed = unclaimed(recalled, live, at);
        List<AllocationChange> changes = new ArrayList<>(displaced);
        changes.addAll(imported);
        changes.addAll(rebound);
        return new Done<>(
                new Recalled(
                        imported.size(),
                        (int) rebound.stream()
                                .filter(change -> change.subject().isPrivate())
                                .count(),
                        unclaimed.size()),
                changes,
                new KnowledgeUpdate(Map.of(), Map.of(), Set.of(), unclaimed, Set.of()));
    }

    /**
     * What a store from before the files has of addresses that another VPS has had since: the files name it there, and a NIC
     * leases the address that is none of the old holder's. The old holder is asked for by the API when it needs one.
     */
    private List<AllocationChange> displaced(IpamSnapshot state, List<Lease> live) {
        return live.stream()
                .flatMap(lease -> state
                        .at(lease.address())
                        .filter(Allocation::isPrivate)
                        .filter(held -> isNamedForAnother(held)
                                && state.facts(held).touchedAt().isBefore(files.namesWritten())
                                && !held.mac().equals(Optional.of(lease.mac()))
                                && state.superseded(lease.mac()).isEmpty())
                        .stream())
                .distinct()
                .map(AllocationChange::ended)
                .toList();
    }

    private boolean isNamedForAnother(Allocation held) {
        return files.names().stream()
                .anyMatch(entry -> entry.address().equals(held.address())
                        && !entry.name().equals(Optional.of(held.vps().label())));
    }

    private List<AllocationChange> imported(IpamSnapshot state, List<Lease> live, Instant at) {
        List<AllocationChange> changes = new ArrayList<>();
        Set<Object> taken = new HashSet<>();
        for (HostEntry entry : files.names()) {
            VpsId vps = new VpsId(entry.name().orElseThrow());
            if (!isNews(state, vps, entry.address()) || taken.contains(vps) || taken.contains(entry.address())) {
                continue;
            }
            Optional<MacAddress> mac = live.stream()
                    .filter(lease -> lease.address().equals(entry.address()))
                    .map(Lease::mac)
                    .filter(leasing -> state.ofMac(leasing).isEmpty() && !taken.contains(leasing))
                    .findFirst();
            changes.add(AllocationChange.added(
                    new Allocation(vps, OrganizationId.UNKNOWN, entry.address(), mac, at, Allocation.Kind.PRIVATE)));
            taken.add(vps);
            taken.add(entry.address());
            mac.ifPresent(taken::add);
        }
        return changes;
    }

    /** What was released is not brought back by files that were written before. */
    private static boolean isNews(IpamSnapshot state, VpsId vps, Ipv4Address address) {
        return state.pool().contains(address)
                && state.at(address).isEmpty()
                && state.privateOf(vps).isEmpty()
                && state.lastReleasedOf(vps)
                        .filter(released -> released.address().equals(address))
                        .isEmpty();
    }

    /**
     * A MAC that holds a lease of a VPS's address had a reservation for it: the store is from before it had. Where the files
     * name another VPS there, the reservation was that one's.
     */
    private List<AllocationChange> rebound(IpamSnapshot state, List<Lease> live) {
        List<AllocationChange> changes = new ArrayList<>();
        Set<MacAddress> bound = new HashSet<>();
        for (Lease lease : live) {
            Optional<Allocation> held = state.at(lease.address())
                    .filter(Allocation::isPrivate)
                    .filter(holding -> !holding.mac().equals(Optional.of(lease.mac())) && !isNamedForAnother(holding));
            if (held.isPresent()
                    && state.ofMac(lease.mac()).isEmpty()
                    && state.superseded(lease.mac()).isEmpty()
                    && bound.add(lease.mac())) {
                changes.addAll(RebindChanges.changes(
                        state, held, held.get().updated(OrganizationId.UNKNOWN, Optional.of(lease.mac()))));
            }
        }
        return changes;
    }

    private static List<UnclaimedLease> unclaimed(IpamSnapshot state, List<Lease> live, Instant at) {
        Set<MacAddress> known = new HashSet<>();
        state.unclaimed().forEach(lease -> known.add(lease.mac()));
        return live.stream()
                .filter(lease -> state.at(lease.address()).isEmpty()
                        && state.unclaimedAt(lease.address()).isEmpty()
                        && state.ofMac(lease.mac()).isEmpty()
                        && state.superseded(lease.mac()).isEmpty()
                        && state.releasedAt(lease.address())
                                .filter(released -> released.mac().equals(Optional.of(lease.mac())))
                                .isEmpty())
                .filter(lease -> known.add(lease.mac()))
                .map(lease -> new UnclaimedLease(lease.address(), lease.mac(), at, Optional.empty()))
                .toList();
    }
}
