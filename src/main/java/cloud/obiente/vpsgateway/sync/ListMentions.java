package cloud.obiente.vpsgateway.sync;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.SourceListing.Word;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one list says of each allocation. Any entry makes a VPS known: the API keeps one row for a MAC, so a public address
 * takes the private one's place in its lists, or the other way round. And a list without a single private entry says
 * nothing about private addresses, as one without a public entry says nothing about public ones, because not every API
 * lists both. A list without any entry is no such list: it leaves out everybody.
 */
final class ListMentions {
    private final Set<VpsId> named;
    private final Map<Ipv4Address, Set<VpsId>> privates = new HashMap<>();
    private final Map<Ipv4Address, Set<VpsId>> publics = new HashMap<>();
    private final boolean empty;

    ListMentions(AllocationList list) {
        this.named = list.named();
        this.empty = list.isEmpty();
        for (DesiredAllocation entry : list.entries()) {
            Map<Ipv4Address, Set<VpsId>> ofKind = entry.isPrivate() ? privates : publics;
            ofKind.computeIfAbsent(entry.address(), first -> new HashSet<>()).add(entry.vps());
        }
    }

    /** Empty where the list says nothing about allocations of that kind. */
    Optional<Word> of(Allocation held) {
        Map<Ipv4Address, Set<VpsId>> ofKind = held.isPrivate() ? privates : publics;
        if (ofKind.getOrDefault(held.address(), Set.of()).contains(held.vps())) {
            return Optional.of(Word.NAMED);
        }
        if (named.contains(held.vps())) {
            return Optional.of(Word.VPS_NAMED);
        }
        return ofKind.isEmpty() && !empty ? Optional.empty() : Optional.of(Word.OMITTED);
    }
}
