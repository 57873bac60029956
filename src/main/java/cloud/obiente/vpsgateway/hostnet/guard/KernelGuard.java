package cloud.obiente.vpsgateway.hostnet.guard;

import cloud.obiente.vpsgateway.hostnet.HostTools;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The tables, neighbour entries and flows as we have made them, and what is in them by our own account. Confined to the
 * guard's thread; blocks.
 */
final class KernelGuard {
    private static final Logger LOG = Logger.getLogger(KernelGuard.class);
    private static final int MOST_NAMED = 5;

    private final boolean bridged;
    private final List<Family> families;
    private final Nft nft;
    private final Neighbours neighbours;
    private final Flows flows;
    private final DropLedger drops;
    /** How the kernel prints the rules of each table, learned from our first load; they never change after it. */
    private final Map<Family, String> structures = new EnumMap<>(Family.class);

    private GuardPlan applied = GuardPlan.NOTHING;
    private boolean loaded;
    /** Whether the neighbour entries are as {@code applied} was the last time; not before the first look at them. */
    private boolean neighboursFollow;
    /** Where no table of ours can be that is of no use: none was found, or it has been removed. */
    private final Set<Family> tidied = EnumSet.noneOf(Family.class);

    KernelGuard(GuardSettings settings, HostTools tools, DropLedger drops) {
        this.bridged = settings.bridge().isPresent();
        this.families = bridged ? List.of(Family.values()) : List.of(Family.INET, Family.ARP);
        this.nft = new Nft(tools);
        this.neighbours = new Neighbours(tools, settings.vpsInterface());
        this.flows = new Flows(tools);
        this.drops = drops;
    }

    /** Brings the kernel to the plan; where there is nothing to guard, nothing is needed and nothing stays. */
    void follow(GuardPlan plan) throws GuardFailedException {
        boolean needed = loaded || bridged || !plan.pins().isEmpty();
        tidy(needed ? families : List.of());
        GuardPlan gone = applied.minus(plan);
        GuardPlan come = plan.minus(applied);
        if (needed && !loaded) {
            load(plan);
        } else if (needed && !(gone.isEmpty() && come.isEmpty())) {
            change(gone, come, plan);
        }
        applied = plan;
        if (!gone.pins().isEmpty() || !come.pins().isEmpty()) {
            drops.report(plan);
        }
        flows.forget(gone.publicPins());
        if (neighboursFollow) {
            neighboursFollow = false;
            neighbours.change(gone, come);
        } else {
            neighbours.mend(plan);
        }
        neighboursFollow = true;
    }

    /** Removes what is not among the needed tables: an earlier run's, or ours, where we failed to make them anew. */
    private void tidy(List<Family> needed) throws GuardFailedException {
        Set<Family> useless = EnumSet.allOf(Family.class);
        useless.removeIf(family -> needed.contains(family) || tidied.contains(family));
        if (useless.isEmpty()) {
            return;
        }
        for (Family family : nft.present()) {
            if (useless.contains(family)) {
                nft.delete(family);
            }
        }
        tidied.addAll(useless);
    }

    private void change(GuardPlan gone, GuardPlan come, GuardPlan plan) throws GuardFailedException {
        drops.forget(gone.pins().keySet());
        try {
            nft.apply(NftScript.change(families, gone, come));
        } catch (GuardFailedException damaged) {
            LOG.warnf("the guard's tables are not as they were left (%s); making them anew", damaged.getMessage());
            load(plan);
        }
    }

    private void load(GuardPlan plan) throws GuardFailedException {
        loaded = false;
        tidied.removeAll(families);
        nft.apply(NftScript.load(families, plan));
        drops.kernelCountsFromZero();
        for (Family family : families) {
            if (!structures.containsKey(family)) {
                NftListing listing = nft.list(family)
                        .orElseThrow(() -> new GuardFailedException(
                                "table " + family.table() + " was removed as soon as it was made; another program rules"
                                        + " the packet filter (look for one that flushes it)"));
                structures.put(family, listing.structure());
            }
        }
        loaded = true;
    }

    /**
     * Compares all that was applied with what is there, and mends what differs.
     *
     * @param between called between steps that take long
     */
    List<Damage> mend(Runnable between) throws GuardFailedException {
        List<Damage> found = new ArrayList<>();
        if (!loaded) {
            return found;
        }
        for (Family family : families) {
            Optional<NftListing> listing = nft.list(family);
            listing.ifPresent(read -> drops.count(family, read, applied));
            found.addAll(compare(family, listing));
            between.run();
        }
        drops.report(applied);
        if (!found.isEmpty()) {
            load(applied);
        }
        neighbours.mend(applied).forEach(entry -> found.add(new Damage(Damage.Kind.NEIGHBOUR, entry)));
        return found;
    }

    private List<Damage> compare(Family family, Optional<NftListing> listing) {
        if (listing.isEmpty()) {
            return List.of(new Damage(Damage.Kind.RULES, "table " + family.table() + " was gone"));
        }
        List<Damage> found = new ArrayList<>();
        if (!listing.get().structure().equals(structures.get(family))) {
            found.add(new Damage(
                    Damage.Kind.RULES,
                    "the rules of table " + family.table() + " were changed: "
                            + firstDifference(
                                    structures.get(family), listing.get().structure())));
        }
        for (KernelSet set : KernelSet.of(family)) {
            difference(set.elements(applied), listing.get().elements(set.text()))
                    .map(text -> "set " + set.text() + " of table " + family.table() + " was changed: " + text)
                    .ifPresent(text -> found.add(new Damage(Damage.Kind.ELEMENT, text)));
        }
        return found;
    }

    private static Optional<String> difference(Set<String> expected, Set<String> present) {
        if (expected.equals(present)) {
            return Optional.empty();
        }
        return Optional.of(
                "missing " + named(without(expected, present)) + ", not ours " + named(without(present, expected)));
    }

    private static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> rest = new HashSet<>(all);
        rest.removeIf(others::contains);
        return rest;
    }

    private static String named(Set<String> elements) {
        List<String> first = elements.stream().sorted().limit(MOST_NAMED).toList();
        return first + (elements.size() > MOST_NAMED ? " and " + (elements.size() - MOST_NAMED) + " more" : "");
    }

    private static String firstDifference(String expected, String present) {
        Set<String> before = Set.copyOf(expected.lines().distinct().toList());
        Set<String> after = Set.copyOf(present.lines().distinct().toList());
        return Stream.concat(
                        present.lines().filter(line -> !before.contains(line)).map(line -> "not ours: " + line.strip()),
                        expected.lines().filter(line -> !after.contains(line)).map(line -> "missing: " + line.strip()))
                .findFirst()
                .orElse("their order");
    }
}
