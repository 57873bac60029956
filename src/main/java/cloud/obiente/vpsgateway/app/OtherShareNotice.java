package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.ipam.AddressPool;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationListener;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Says when a VPS has an address that another gateway is the one to choose: at the start, and when one gets it. Without state.
 *
 * @param pool whose share is this gateway's
 */
record OtherShareNotice(AddressPool pool) implements AllocationListener {
    private static final Logger LOG = Logger.getLogger(OtherShareNotice.class);

    /** A list can name very many; health says how many there are. */
    private static final int MAX_NAMED = 8;

    @Override
    public void loaded(Collection<Allocation> held) {
        say("keep", held.stream());
    }

    @Override
    public void changed(List<AllocationChange> changes) {
        say(
                "got",
                changes.stream().filter(OtherShareNotice::givesAnAddress).flatMap(change -> change.after().stream()));
    }

    private static boolean givesAnAddress(AllocationChange change) {
        Optional<Allocation> before = change.before();
        return !before.map(Allocation::address).equals(change.after().map(Allocation::address));
    }

    private void say(String what, Stream<Allocation> held) {
        List<Allocation> outside = held.filter(Allocation::isPrivate)
                .filter(allocation -> pool.isOfAnotherShare(allocation.address()))
                .toList();
        if (!outside.isEmpty()) {
            LOG.warnf(
                    "%d VPSs %s addresses outside of this gateway's share %s (%s%s); the gateway whose share it is does not"
                            + " know of it, and may give them as well: let the API move them there, or here",
                    outside.size(),
                    what,
                    pool.share(),
                    outside.stream()
                            .limit(MAX_NAMED)
                            .map(allocation -> allocation.vps() + " " + allocation.address())
                            .collect(Collectors.joining(", ")),
                    outside.size() > MAX_NAMED ? ", …" : "");
        }
    }
}
