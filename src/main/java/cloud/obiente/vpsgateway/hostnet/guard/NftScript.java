package cloud.obiente.vpsgateway.hostnet.guard;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code nft -f} is given; each script is one transaction, seen by packets as a whole or not at all. */
final class NftScript {
    private NftScript() {}

    /** Tables with all that belongs in them, in place of whatever is there; no packet meets a moment without. */
    static String load(List<Family> families, GuardPlan plan) {
        return families.stream()
                .map(family -> "add table %1$s\ndelete table %1$s\n".formatted(family.table())
                        + Ruleset.table(family)
                        + elements("add", family, plan))
                .collect(Collectors.joining());
    }

    /** Elements only. What was dropped for an address is forgotten with it. */
    static String change(List<Family> families, GuardPlan gone, GuardPlan come) {
        return families.stream()
                .map(family ->
                        elements("delete", family, gone) + forgetDrops(family, gone) + elements("add", family, come))
                .collect(Collectors.joining());
    }

    private static String elements(String verb, Family family, GuardPlan plan) {
        return KernelSet.of(family).stream()
                .map(set -> command(verb, family, set.text(), set.elements(plan)))
                .collect(Collectors.joining());
    }

    /** Added first: most addresses have never seen a drop, and an element that is not there cannot be deleted. */
    private static String forgetDrops(Family family, GuardPlan gone) {
        List<String> addresses =
                gone.pins().keySet().stream().map(Object::toString).toList();
        return command("add", family, "drops", addresses) + command("delete", family, "drops", addresses);
    }

    private static String command(String verb, Family family, String set, Collection<String> elements) {
        return elements.isEmpty()
                ? ""
                : "%s element %s %s { %s }\n".formatted(verb, family.table(), set, String.join(", ", elements));
    }
}
