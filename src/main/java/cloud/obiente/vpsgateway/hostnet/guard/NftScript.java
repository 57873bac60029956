package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What {@code nft -f} is given; each script is one transaction, seen by packets as a whole or not at all. */
final class NftScript {
    private NftScript() {}

    /** Tables with all that belongs in them, in place of whatever is there; no packet meets a moment without. */
    static String load(List<NftTable> tables, GuardPlan plan) {
        return tables.stream()
                .map(table -> String.format(Locale.ROOT, "add table %1$s\ndelete table %1$s\n", table.text())
                        + NftRuleset.declaration(table)
                        + elements("add", table, plan))
                .collect(Collectors.joining());
    }

    /** Elements only. What was dropped for an address is forgotten with it. */
    static String change(List<NftTable> tables, GuardPlan gone, GuardPlan come) {
        return tables.stream()
                .map(table -> elements("delete", table, gone) + forgetDrops(table, gone) + elements("add", table, come))
                .collect(Collectors.joining());
    }

    private static String elements(String verb, NftTable table, GuardPlan plan) {
        return KernelSet.of(table).stream()
                .map(set -> command(verb, table, set.text(), set.elements(plan)))
                .collect(Collectors.joining());
    }

    /** Added first: most addresses have never seen a drop, and an element that is not there cannot be deleted. */
    private static String forgetDrops(NftTable table, GuardPlan gone) {
        List<String> addresses =
                gone.pins().keySet().stream().map(Object::toString).toList();
        return command("add", table, "drops", addresses) + command("delete", table, "drops", addresses);
    }

    private static String command(String verb, NftTable table, String set, Collection<String> elements) {
        return elements.isEmpty()
                ? ""
                : String.format(
                        Locale.ROOT, "%s element %s %s { %s }\n", verb, table.text(), set, String.join(", ", elements));
    }
}
