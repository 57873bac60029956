package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One request to end leases. Used on thread {@code lease-ender} only, but for {@link #result()} and giving up. */
final class ReleaseRequest {
    private final Set<Ipv4Address> addresses;
    private final long deadline;
    private final CompletableFuture<ReleaseResult> result = new CompletableFuture<>();
    private volatile List<Lease> lastSeen = List.of();

    /** @param deadline on the scale of {@link System#nanoTime()} */
    ReleaseRequest(Set<Ipv4Address> addresses, long deadline) {
        this.addresses = addresses;
        this.deadline = deadline;
    }

    CompletionStage<ReleaseResult> result() {
        return result.minimalCompletionStage();
    }

    boolean isDone() {
        return result.isDone();
    }

    boolean isOverdue(long nanoTime) {
        return nanoTime - deadline >= 0;
    }

    /** The leases that are still to end, as far as known. */
    List<Lease> lastSeen() {
        return lastSeen;
    }

    /**
     * Takes a view of the lease file that was taken after the request; completes when nothing is left to end. A fault of the
     * entitlement is the end of this request only.
     */
    void evaluate(LeaseSnapshot snapshot, LeaseEntitlement entitlement, Instant now) {
        try {
            lastSeen = addresses.stream()
                    .flatMap(address -> snapshot.allAt(address).stream())
                    .filter(lease -> lease.isLive(now) && entitlement.isViolatedBy(lease))
                    .toList();
        } catch (RuntimeException fault) {
            fail(fault);
            return;
        }
        if (lastSeen.isEmpty()) {
            result.complete(new ReleaseResult.Confirmed());
        }
    }

    void fail(RuntimeException fault) {
        result.completeExceptionally(fault);
    }

    /** What can be said when this request has to end now. */
    ReleaseResult.Unconfirmed unconfirmed(String why) {
        return new ReleaseResult.Unconfirmed(lastSeen, why);
    }

    /** Any thread; does nothing to a request that is done. */
    void giveUp(ReleaseResult.Unconfirmed unconfirmed) {
        result.complete(unconfirmed);
    }
}
