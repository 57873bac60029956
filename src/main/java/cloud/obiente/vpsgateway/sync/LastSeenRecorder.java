package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationFacts;
import cloud.obiente.vpsgateway.ipam.AuditEvent.Action;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.Cancellation;
import cloud.obiente.vpsgateway.ipam.Decision;
import cloud.obiente.vpsgateway.ipam.Ipam;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.KnowledgeUpdate;
import cloud.obiente.vpsgateway.ipam.Outcome.Done;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Notes down, to within an hour, when each VPS was last seen using its address: how old an allocation is that nobody uses
 * outlives restarts that way. Says when the pool runs dry. One thread at a time.
 */
public final class LastSeenRecorder {
    static final Duration RESOLUTION = Duration.ofHours(1);
    /** In one commit: the first run after an upgrade must not hold up the others for long. */
    static final int MAX_AT_ONCE = 500;

    private static final int WARN_PERCENT = 80;
    private static final Caller CALLER = Caller.of("sightings");
    private static final Logger LOG = Logger.getLogger(LastSeenRecorder.class);

    private final Ipam ipam;
    private final UsageEvidence evidence;
    private final Clock clock;
    private boolean warned;

    public LastSeenRecorder(Ipam ipam, UsageEvidence evidence, Clock clock) {
        this.ipam = ipam;
        this.evidence = evidence;
        this.clock = clock;
    }

    /** To be called about every minute. */
    public void run() {
        IpamSnapshot state = ipam.snapshot();
        Instant now = clock.instant();
        List<Allocation> seen = state.allPrivate().stream()
                .filter(held -> state.facts(held)
                        .seenAt()
                        .filter(at -> now.isBefore(at.plus(RESOLUTION)))
                        .isEmpty())
                .filter(evidence::isSeen)
                .limit(MAX_AT_ONCE)
                .toList();
        if (!seen.isEmpty()) {
            ipam.submit(CALLER, Action.JUDGE, noting(seen), Cancellation.NONE).whenComplete((outcome, failure) -> {
                if (failure != null) {
                    LOG.errorf(failure, "what was seen could not be noted down; trying again");
                }
            });
        }
        warnOfDryPool(state, now);
    }

    private static Decision<Integer> noting(List<Allocation> seen) {
        return (state, at) -> {
            Map<Ipv4Address, AllocationFacts> facts = new HashMap<>();
            for (Allocation held : seen) {
                if (state.at(held.address()).filter(held::equals).isPresent()) {
                    facts.put(held.address(), state.facts(held).seen(at));
                }
            }
            return new Done<>(facts.size(), List.of(), KnowledgeUpdate.of(facts));
        };
    }

    private void warnOfDryPool(IpamSnapshot state, Instant now) {
        boolean dry = isDry(state);
        if (dry && !warned) {
            LOG.warnf(
                    "%d of the pool's %d addresses are held, %d of them by VPSs not seen for 30 days: release those that are"
                            + " gone, enlarge the pool, or set GATEWAY_RECLAIM_AFTER",
                    state.allocatedInPool(), state.poolSize(), state.unseenFor(Duration.ofDays(30), now));
        }
        warned = dry;
    }

    /** Whether so much of the pool is held that an operator should know. */
    public static boolean isDry(IpamSnapshot state) {
        return state.poolSize() - state.poolAvailable() >= (long) state.poolSize() * WARN_PERCENT / 100;
    }
}
