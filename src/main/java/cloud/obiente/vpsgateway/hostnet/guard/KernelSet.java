package cloud.obiente.vpsgateway.hostnet.guard;

import static cloud.obiente.vpsgateway.hostnet.guard.NftTable.BRIDGE;
import static cloud.obiente.vpsgateway.hostnet.guard.NftTable.BRIDGE_SPARE;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sets that we fill. All are hash sets: a packet costs one lookup and a change one element, however many there are.
 * Elements are written as nft prints them, so that what it lists can be compared as text.
 */
@SuppressWarnings("ImmutableEnumChecker") // Functions without state, and sets that nobody changes.
enum KernelSet {
    /** Addresses that only their owner may send from. */
    GUARDED("type ipv4_addr", EnumSet.allOf(NftTable.class), plan -> plan.pins().keySet().stream()
            .map(Object::toString)),
    /** Who may: address and NIC. */
    OWNERS("type ipv4_addr . ether_addr", EnumSet.allOf(NftTable.class), plan -> plan.pins().values().stream()
            .flatMap(pin -> pin.owner().stream().map(mac -> pin.address() + " . " + mac))),
    /** NICs in the name of which nobody else may speak DHCP: {@code chaddr}, 28 bytes into the message (RFC 2131, 2). */
    CARDS("typeof @th,288,48", EnumSet.of(BRIDGE, BRIDGE_SPARE), plan -> plan.macs().stream()
            .map(KernelSet::number)),
    /** The frame's source with the {@code chaddr} that it may name: its own. */
    OWN_CARDS("typeof ether saddr . @th,288,48", EnumSet.of(BRIDGE, BRIDGE_SPARE), plan -> plan.macs().stream()
            .map(mac -> mac + " . " + number(mac))),
    /** The ports of the guarded bridge. */
    PORTS("type ifname", EnumSet.of(BRIDGE, BRIDGE_SPARE), plan -> plan.ports().stream()
            .map(port -> '"' + port.text() + '"')),
    /** This host's addresses on the guarded bridge. */
    OWN("type ipv4_addr", EnumSet.of(BRIDGE, BRIDGE_SPARE), plan -> plan.own().stream()
            .map(Object::toString));

    private final String type;
    private final Set<NftTable> tables;
    private final Function<GuardPlan, Stream<String>> elements;

    KernelSet(String type, Set<NftTable> tables, Function<GuardPlan, Stream<String>> elements) {
        this.type = type;
        this.tables = tables;
        this.elements = elements;
    }

    static List<KernelSet> of(NftTable table) {
        return Stream.of(values()).filter(set -> set.tables.contains(table)).toList();
    }

    /** As rules name it, behind an {@code @}. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What its elements are made of. */
    String type() {
        return type;
    }

    Set<String> elements(GuardPlan plan) {
        return elements.apply(plan).collect(Collectors.toSet());
    }

    private static String number(MacAddress mac) {
        return "0x" + Long.toHexString(mac.bits());
    }
}
