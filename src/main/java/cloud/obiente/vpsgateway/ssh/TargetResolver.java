package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * Finds the address of a target, which is a VPS id, {@code <vps_id>.<domain>} or an address, and has it checked by the
 * policy, however it was found. Any thread.
 */
public final class TargetResolver {
    private static final String NOT_ALLOWED = "target not allowed: ";

    private final Supplier<IpamSnapshot> allocations;
    private final DomainName domain;
    private final NameLookup names;
    private final TargetPolicy policy;

    /** @param names asked for VPSs that have no allocation */
    public TargetResolver(
            Supplier<IpamSnapshot> allocations, DomainName domain, NameLookup names, TargetPolicy policy) {
        this.allocations = allocations;
        this.domain = domain;
        this.names = names;
        this.policy = policy;
    }

    /** Completes, never exceptionally, on any thread; at once unless a name has to be asked for. */
    public CompletionStage<TargetResolution> resolve(String target, int port) {
        Optional<Ipv4Address> literal = addressIn(target);
        if (literal.isPresent()) {
            return CompletableFuture.completedStage(check(literal.get(), port));
        }
        Optional<VpsId> vps = vpsIn(target);
        if (vps.isEmpty()) {
            String expected = "a VPS id, <vps_id>." + domain + ", or an IPv4 address";
            return refused(NOT_ALLOWED + new InvalidValueException(target, expected).getMessage());
        }
        return addressOf(vps.get())
                .<CompletionStage<TargetResolution>>map(
                        address -> CompletableFuture.completedStage(check(address, port)))
                .orElseGet(() -> ask(vps.get(), port));
    }

    private CompletionStage<TargetResolution> ask(VpsId vps, int port) {
        return names.lookUp(domain.nameOf(vps.label()))
                .handle((found, fault) -> fault == null ? found : Optional.<Ipv4Address>empty())
                .thenApply(found -> found.map(address -> check(address, port))
                        .orElseGet(() -> new TargetResolution.Denied(vps + " has no address on this gateway")));
    }

    private TargetResolution check(Ipv4Address address, int port) {
        return policy.objection(address, port)
                .<TargetResolution>map(objection -> new TargetResolution.Denied(NOT_ALLOWED + objection))
                .orElseGet(() -> new TargetResolution.Allowed(
                        new TunnelDestination(address, port, allocations.get().at(address))));
    }

    /** Whether the address is still held by whom it was resolved for, VPS or nobody. */
    boolean isCurrent(TunnelDestination destination) {
        return vpsAt(allocations.get().at(destination.address())).equals(vpsAt(destination.holder()));
    }

    private static Optional<VpsId> vpsAt(Optional<Allocation> holder) {
        return holder.map(Allocation::vps);
    }

    /** The private address; without one, the lowest public one. */
    private Optional<Ipv4Address> addressOf(VpsId vps) {
        IpamSnapshot now = allocations.get();
        return now.privateOf(vps)
                .or(() -> now.all().stream()
                        .filter(allocation -> allocation.vps().equals(vps))
                        .findFirst())
                .map(Allocation::address);
    }

    private static Optional<Ipv4Address> addressIn(String target) {
        try {
            return Optional.of(Ipv4Address.parse(target));
        } catch (InvalidValueException notAnAddress) {
            return Optional.empty();
        }
    }

    private Optional<VpsId> vpsIn(String target) {
        String name = target.endsWith(".") ? target.substring(0, target.length() - 1) : target;
        String suffix = "." + domain;
        boolean qualified = name.toLowerCase(Locale.ROOT).endsWith(suffix);
        try {
            return Optional.of(VpsId.parse(qualified ? name.substring(0, name.length() - suffix.length()) : name));
        } catch (InvalidValueException notAVps) {
            return Optional.empty();
        }
    }

    private static CompletionStage<TargetResolution> refused(String why) {
        return CompletableFuture.completedStage(new TargetResolution.Denied(why));
    }
}
