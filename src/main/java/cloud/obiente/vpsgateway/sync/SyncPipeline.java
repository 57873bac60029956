package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.ListSource;
import cloud.obiente.vpsgateway.ipam.Outcome;
import cloud.obiente.vpsgateway.ipam.SourceState;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.reconcile.ProvisionResult;
import cloud.obiente.vpsgateway.reconcile.Provisioner;
import cloud.obiente.vpsgateway.reconcile.TaskSequencer;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Lists of allocations, from their arrival to their effect, one after the other. Owns their order; what they have said is
 * in the store. Any thread; nothing here waits.
 */
public final class SyncPipeline {
    private static final Logger LOG = Logger.getLogger(SyncPipeline.class);

    private final Ipam ipam;
    private final Provisioner provisioner;
    private final SyncRules rules;
    private final UsageEvidence evidence;
    private final TaskSequencer sequencer = new TaskSequencer();

    public SyncPipeline(Ipam ipam, Provisioner provisioner, SyncRules rules, UsageEvidence evidence) {
        this.ipam = ipam;
        this.provisioner = provisioner;
        this.rules = rules;
        this.evidence = evidence;
    }

    /**
     * To be called as soon as a list has come in: what is decided until its turn comes, its writer cannot have known.
     *
     * @param source whose list it is
     */
    public CompletionStage<ProvisionResult<SyncReport>> submit(
            Caller caller, ListSource source, AllocationList list, Cancellation cancellation) {
        ListDecision decision = new ListDecision(source, list, provisioner.knownRevision(), rules, evidence);
        Set<Ipv4Address> publics = list.entries().stream()
                .filter(entry -> !entry.isPrivate())
                .map(DesiredAllocation::address)
                .collect(Collectors.toSet());
        return sequencer
                .submit(() -> {
                    Optional<SourceState> before = stateOf(source);
                    return provisioner.applyList(
                            publics,
                            () -> ipam.submit(caller, Action.SYNC, decision, cancellation)
                                    .whenComplete((outcome, failure) -> tell(source, before, outcome)),
                            SyncReport::without);
                })
                .toCompletableFuture()
                // A caller that goes away cancels its stage: that must not end the sync for the others.
                .minimalCompletionStage();
    }

    private Optional<SourceState> stateOf(ListSource source) {
        return Optional.ofNullable(ipam.snapshot().sources().get(source));
    }

    private void tell(ListSource source, Optional<SourceState> before, Outcome<SyncReport> outcome) {
        if (!(outcome instanceof Outcome.Done<SyncReport> done)) {
            return;
        }
        if (LOG.isDebugEnabled()) {
            SyncReport report = done.value();
            LOG.debugf(
                    "list of %s: %d added, %d removed, %d changed, %d unchanged, %d rejected, %d not mentioned",
                    source,
                    report.added(),
                    report.removed(),
                    report.changed(),
                    report.unchanged(),
                    report.rejected().size(),
                    report.discovered().size());
            report.rejected().forEach(rejected -> LOG.debugf("list of %s: %s", source, rejected));
        }
        boolean was = before.flatMap(SourceState::implausibleSince).isPresent();
        boolean is = stateOf(source).flatMap(SourceState::implausibleSince).isPresent();
        if (is && !was) {
            LOG.errorf(
                    "the list of %s leaves out implausibly much (%d of the VPSs that it should know); nothing is released"
                            + " on its word for %s. Check that API's database. If the list is right, accept it: see"
                            + " docs/errors.md, \"A list that is not believed\"",
                    source,
                    done.value().discovered().stream()
                            .map(Allocation::vps)
                            .distinct()
                            .count(),
                    rules.implausibleGrace());
        } else if (was && !is) {
            LOG.infof("the lists of %s are plausible again", source);
        }
        if (done.value().removed() > 0) {
            LOG.infof("released after a list of %s: %d", source, done.value().removed());
        }
    }
}
