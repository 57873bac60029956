package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.apilink.MacOwnerLookup;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.ipam.SourceListing;
import cloud.obiente.vpsgateway.ipam.UnclaimedLease;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Asks the API about VPSs that are in use and that its lists leave out, one by one: leaving out is not saying so, and what
 * lives is not released on silence. Owns which MACs are being asked about. Any thread; nothing here waits.
 */
public final class AbsenceReview {
    /** The API may look through all its VMs for an answer. */
    static final int MAX_QUESTIONS = 4;

    private static final Caller CALLER = Caller.of("absence review");
    private static final Logger LOG = Logger.getLogger(AbsenceReview.class);

    private final Supplier<IpamSnapshot> allocations;
    private final Provisioner provisioner;
    private final MacOwnerLookup questions;
    private final SyncRules rules;
    private final UsageEvidence evidence;
    private final Clock clock;
    private final Set<MacAddress> asking = ConcurrentHashMap.newKeySet();

    public AbsenceReview(
            Supplier<IpamSnapshot> allocations,
            Provisioner provisioner,
            MacOwnerLookup questions,
            SyncRules rules,
            UsageEvidence evidence,
            Clock clock) {
        this.allocations = allocations;
        this.provisioner = provisioner;
        this.questions = questions;
        this.rules = rules;
        this.evidence = evidence;
        this.clock = clock;
    }

    /** To be called from time to time, at least every half minute. */
    public void run() {
        keepKnown();
        for (UnclaimedLease lease : unclaimed()) {
            if (asking.size() >= MAX_QUESTIONS) {
                return;
            }
            askWhose(lease);
        }
        for (Allocation held : doubtful()) {
            if (asking.size() >= MAX_QUESTIONS) {
                return;
            }
            ask(held, held.mac().orElseThrow());
        }
    }

    /**
     * A VPS without a lease may have a fixed address. Whether it is there is found out before somebody wants to know because it was
     * left out, or because another needs its address: what is asked of the evidence is known a little later.
     */
    private void keepKnown() {
        IpamSnapshot state = allocations.get();
        state.allPrivate().stream()
                .filter(held -> state.facts(held).listings().values().stream()
                        .anyMatch(listing -> listing.word() == SourceListing.Word.OMITTED))
                .forEach(evidence::of);
        state.reclaimCandidates(clock.instant()).forEach(evidence::of);
    }

    /** What may be in use and is doubtful, and about which the API was not asked, or did not answer, within the grace. */
    private List<Allocation> doubtful() {
        IpamSnapshot state = allocations.get();
        Instant now = clock.instant();
        AllocationStanding standing = new AllocationStanding(state, Map.of(), state.sources(), rules, now);
        return state.allPrivate().stream()
                .filter(held -> held.mac().isPresent())
                .filter(standing::isDoubtful)
                .filter(held -> !wasDeniedWithin(held, state, now))
                .filter(evidence::isInUse)
                .toList();
    }

    private boolean wasDeniedWithin(Allocation held, IpamSnapshot state, Instant now) {
        return state.facts(held)
                .deniedSince()
                .filter(since -> now.isBefore(since.plus(rules.grace())))
                .isPresent();
    }

    private List<UnclaimedLease> unclaimed() {
        Instant now = clock.instant();
        return allocations.get().unclaimed().stream()
                .filter(lease -> lease.deniedSince()
                        .filter(since -> now.isBefore(since.plus(rules.grace())))
                        .isEmpty())
                .toList();
    }

    /** A denial is told twice only if it is given twice, a grace apart: the answer to the first question does not count again. */
    private Duration sinceNextDenialCounts(Optional<Instant> deniedSince) {
        return deniedSince
                .map(since -> Duration.between(since.plus(rules.grace()), clock.instant()))
                .orElse(MacOwnerLookup.ANY_AGE);
    }

    private void askWhose(UnclaimedLease lease) {
        if (!asking.add(lease.mac())) {
            return;
        }
        questions
                .whose(lease.mac(), sinceNextDenialCounts(lease.deniedSince()))
                .thenCompose(answer -> provisioner
                        .submit(CALLER, Action.ADOPT, new LeaseClaim(lease, answer, rules, evidence), Cancellation.NONE)
                        .thenAccept(claimed -> tell(lease, answer, claimed)))
                .whenComplete((done, failure) -> {
                    asking.remove(lease.mac());
                    if (failure != null) {
                        LOG.errorf(failure, "%s could not be judged; it stays", lease);
                    }
                });
    }

    private void tell(UnclaimedLease lease, MacAnswer answer, ProvisionResult<Optional<Allocation>> claimed) {
        if (!(claimed.outcome() instanceof Done<Optional<Allocation>> done)) {
            return;
        }
        if (done.value().isPresent()) {
            LOG.infof(
                    "API confirmed: %s belongs to %s, which keeps %s",
                    lease.mac(), done.value().get().vps(), lease.address());
        } else if (answer instanceof MacAnswer.NotFound
                && allocations.get().unclaimedAt(lease.address()).isEmpty()) {
            LOG.warnf(
                    "the API does not know %s, which leases %s since an earlier run: that lease ends",
                    lease.mac(), lease.address());
        }
    }

    private void ask(Allocation held, MacAddress mac) {
        if (!asking.add(mac)) {
            return;
        }
        questions
                .whose(mac, sinceNextDenialCounts(allocations.get().facts(held).deniedSince()))
                .thenCompose(answer -> provisioner
                        .submit(CALLER, Action.JUDGE, new AbsenceJudgement(held, answer, rules), Cancellation.NONE)
                        .thenAccept(judged -> tell(held, answer, judged)))
                .whenComplete((done, failure) -> {
                    asking.remove(mac);
                    if (failure != null) {
                        LOG.errorf(failure, "%s could not be judged; it stays", held);
                    }
                });
    }

    private static void tell(Allocation held, MacAnswer answer, ProvisionResult<List<Allocation>> judged) {
        if (judged.outcome() instanceof Done<List<Allocation>> done
                && !done.value().isEmpty()) {
            LOG.warnf(
                    "released %s of %s: no list names it, and the API says that %s is %s",
                    held.address(),
                    held.vps(),
                    held.mac().map(Object::toString).orElse("its MAC"),
                    answer instanceof MacAnswer.Found found ? found.vps() + "'s" : "nobody's");
        }
    }
}
