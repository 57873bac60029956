package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What the kernel is to enforce, or the part of it by which two such plans differ. Immutable.
 *
 * @param pins the guarded addresses
 * @param macs the NICs in the name of which nobody else may speak DHCP; of use on a guarded bridge only
 * @param ports the ports of the guarded bridge; empty where none is guarded
 * @param own this host's addresses on that bridge, which nobody may send from through a port
 */
public record GuardPlan(
        Map<Ipv4Address, AddressPin> pins, Set<MacAddress> macs, Set<InterfaceName> ports, Set<Ipv4Address> own) {
    static final GuardPlan NOTHING = new GuardPlan(Map.of(), Set.of(), Set.of(), Set.of());

    public GuardPlan {
        pins = Map.copyOf(pins);
        macs = Set.copyOf(macs);
        ports = Set.copyOf(ports);
        own = Set.copyOf(own);
    }

    /** What follows from the allocations. */
    public static GuardPlan of(Collection<Allocation> held, GuardScope scope) {
        Map<Ipv4Address, AddressPin> pins = held.stream()
                .filter(allocation -> !allocation.isPrivate()
                        || scope == GuardScope.PRIVATE_TOO && allocation.mac().isPresent())
                .collect(Collectors.toMap(Allocation::address, AddressPin::of));
        Set<MacAddress> macs =
                held.stream().map(Allocation::mac).flatMap(Optional::stream).collect(Collectors.toSet());
        return new GuardPlan(pins, macs, Set.of(), Set.of());
    }

    GuardPlan on(GuardedBridge bridge) {
        return new GuardPlan(pins, macs, bridge.ports(), bridge.addresses());
    }

    /** What is here and not, or not in the same way, in the other plan. */
    GuardPlan minus(GuardPlan other) {
        Map<Ipv4Address, AddressPin> morePins = new HashMap<>();
        pins.forEach((address, pin) -> {
            if (!pin.equals(other.pins.get(address))) {
                morePins.put(address, pin);
            }
        });
        return new GuardPlan(morePins, minus(macs, other.macs), minus(ports, other.ports), minus(own, other.own));
    }

    private static <T> Set<T> minus(Set<T> all, Set<T> others) {
        Set<T> rest = new HashSet<>(all);
        rest.removeIf(others::contains);
        return rest;
    }

    boolean isEmpty() {
        return pins.isEmpty() && macs.isEmpty() && ports.isEmpty() && own.isEmpty();
    }

    /** The public ones, lowest first. */
    List<AddressPin> publicPins() {
        return pins.values().stream()
                .filter(AddressPin::isPublic)
                .sorted((one, other) -> one.address().compareTo(other.address()))
                .toList();
    }
}
