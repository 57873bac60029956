package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Which leases have been released, when, and are not seen gone yet. Used on thread {@code lease-ender} only. */
final class PendingReleases {
    private static final Logger LOG = Logger.getLogger(PendingReleases.class);

    /** A lease whatever its expiry: a client may renew it while we end it. */
    private record Holding(MacAddress mac, Ipv4Address address) {
        static Holding of(Lease lease) {
            return new Holding(lease.mac(), lease.address());
        }
    }

    private record Sent(Lease lease, long nanoTime) {}

    private final ReleaseSender sender;
    private final Duration again;
    private final Map<Holding, Sent> sent = new HashMap<>();

    /** @param again the time after which a release that had no effect is repeated */
    PendingReleases(ReleaseSender sender, Duration again) {
        this.sender = sender;
        this.again = again;
    }

    /**
     * Releases what was not released lately, and forgets what is no longer wanted gone.
     *
     * @return why a release could not be sent, if one could not
     */
    Optional<IOException> send(Collection<Lease> wanted) {
        Map<Holding, Lease> leases =
                wanted.stream().collect(Collectors.toMap(Holding::of, lease -> lease, (one, same) -> one));
        sent.keySet().retainAll(leases.keySet());
        Optional<IOException> failure = Optional.empty();
        for (Map.Entry<Holding, Lease> entry : leases.entrySet()) {
            if (isDue(entry.getKey())) {
                try {
                    release(entry.getKey(), entry.getValue());
                } catch (IOException notSent) {
                    failure = Optional.of(notSent);
                }
            }
        }
        return failure;
    }

    private boolean isDue(Holding holding) {
        Sent before = sent.get(holding);
        return before == null || System.nanoTime() - before.nanoTime() >= again.toNanos();
    }

    private void release(Holding holding, Lease lease) throws IOException {
        sent.put(holding, new Sent(lease, System.nanoTime()));
        sender.release(lease);
        LOG.debugf("DHCPRELEASE sent for %s held by %s", lease.address(), lease.mac());
    }

    /** Takes out, and returns, the released leases that dnsmasq no longer holds. */
    List<Lease> takeEnded(LeaseSnapshot snapshot, Instant now) {
        if (sent.isEmpty()) {
            return List.of();
        }
        Set<Holding> held = snapshot.live(now).stream().map(Holding::of).collect(Collectors.toSet());
        List<Lease> ended = new ArrayList<>();
        sent.entrySet().removeIf(entry -> {
            boolean gone = !held.contains(entry.getKey());
            if (gone) {
                ended.add(entry.getValue().lease());
            }
            return gone;
        });
        return ended;
    }
}
