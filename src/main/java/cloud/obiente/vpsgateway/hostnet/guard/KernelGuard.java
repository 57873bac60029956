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
 * The tables, neighbour entries and flows as we made them, and what we believe is in them. Confined to the
 * guard's thread; blocks.
 */
final class KernelGuard {
    private static final Logger LOG = Logger.getLogger(KernelGuard.class);
    private static final int MAX_NAMED = 5;

    private final boolean bridged;
    private final List<NftTable> tables;
    private final NftCommand nft;
    private final NeighbourTable neighbours;
    private final ConntrackFlows flows;
    private final DropLedger drops;
    /** How the kernel prints the rules of each table, learned from our first load; they never change after it. */
    private final Map<NftTable, String> structures = new EnumMap<>(NftTable.class);

    private GuardPlan applied = GuardPlan.NOTHING;
    private boolean loaded;
    /** Whether the neighbour entries are as {@code applied} was the last time; not before the first check of them. */
    private boolean neighboursFollow;
    /** Where no table of ours can be that is of no use: none was found, or it has been removed. */
    private final Set<NftTable> tidied = EnumSet.noneOf(NftTable.class);

    KernelGuard(GuardSettings settings, HostTools tools, DropLedger drops) {
        this.bridged = settings.bridge().isPresent();
        this.tables = bridged ? List.of(NftTable.values()) : List.of(NftTable.INET, NftTable.ARP);
        this.nft = new NftCommand(tools);
        this.neighbours = new NeighbourTable(tools, settings.vpsInterface());
        this.flows = new ConntrackFlows(tools);
        this.drops = drops;
    }

    /** Whether our tables are there, by our own account. */
    boolean enforces() {
        return loaded;
    }

    /** Brings the kernel to the plan; where there is nothing to guard, nothing is needed and nothing stays. */
    void follow(GuardPlan plan) throws GuardFailedException {
        boolean needed = loaded || bridged || !plan.pins().isEmpty();
        tidy(needed ? tables : List.of());
        GuardPlan gone = applied.minus(plan);
        GuardPlan come = plan.minus(applied);
        if (needed && !loaded) {
            load(plan);
        } else if (needed && !(gone.isEmpty() && come.isEmpty())) {
            change(gone, come, plan);
        }
        applied = plan;
        LOG.debugf(
                "guard follows the allocations: %d addresses guarded, %d pins added, %d removed",
                plan.pins().size(), come.pins().size(), gone.pins().size());
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
    private void tidy(List<NftTable> needed) throws GuardFailedException {
        Set<NftTable> useless = EnumSet.allOf(NftTable.class);
        useless.removeIf(table -> needed.contains(table) || tidied.contains(table));
        if (useless.isEmpty()) {
            return;
        }
        for (NftTable table : nft.present()) {
            if (useless.contains(table)) {
                nft.delete(table);
            }
        }
        tidied.addAll(useless);
    }

    private void change(GuardPlan gone, GuardPlan come, GuardPlan plan) throws GuardFailedException {
        drops.forget(gone.pins().keySet());
        try {
            nft.apply(NftScript.change(tables, gone, come));
        } catch (GuardFailedException damaged) {
            LOG.warnf("the guard's tables are not as they were left (%s); making them anew", damaged.getMessage());
            load(plan);
        }
    }

    private void load(GuardPlan plan) throws GuardFailedException {
        load(tables, plan);
    }

    /** Makes tables anew; the others are as they should be. */
    private void load(List<NftTable> damaged, GuardPlan plan) throws GuardFailedException {
        loaded = false;
        tidied.removeAll(tables);
        nft.apply(NftScript.load(damaged, plan));
        for (NftTable table : damaged) {
            drops.kernelCountsFromZero(table);
            if (!structures.containsKey(table)) {
                NftListing listing = nft.list(table)
                        .orElseThrow(() -> new GuardFailedException(
                                "table " + table.text() + " was removed as soon as it was made; another program rules"
                                        + " the packet filter (look for one that flushes it)"));
                structures.put(table, listing.structure());
            }
        }
        loaded = true;
    }

    /**
     * Compares all that was applied with what is there, and mends what differs, each table as soon as it is known.
     *
     * @param between called between steps that take long
     */
    List<GuardDamage> mend(Runnable between) throws GuardFailedException {
        List<GuardDamage> found = new ArrayList<>();
        if (!loaded) {
            return found;
        }
        for (NftTable table : tables) {
            Optional<NftListing> listing = nft.list(table);
            listing.ifPresent(read -> drops.count(table, read, applied));
            List<GuardDamage> here = compare(table, listing);
            if (!here.isEmpty()) {
                load(List.of(table), applied);
            }
            found.addAll(here);
            between.run();
        }
        drops.report(applied);
        neighbours.mend(applied).forEach(entry -> found.add(new GuardDamage(GuardDamage.Kind.NEIGHBOUR, entry)));
        return found;
    }

    private List<GuardDamage> compare(NftTable table, Optional<NftListing> listing) {
        if (listing.isEmpty()) {
            return List.of(new GuardDamage(GuardDamage.Kind.RULES, "table " + table.text() + " was gone"));
        }
        List<GuardDamage> found = new ArrayList<>();
        if (!listing.get().structure().equals(structures.get(table))) {
            found.add(new GuardDamage(
                    GuardDamage.Kind.RULES,
                    "the rules of table " + table.text() + " were changed: "
                            + firstDifference(
                                    structures.get(table), listing.get().structure())));
        }
        for (KernelSet set : KernelSet.of(table)) {
            difference(set.elements(applied), listing.get().elements(set.text()))
                    .map(text -> "set " + set.text() + " of table " + table.text() + " was changed: " + text)
                    .ifPresent(text -> found.add(new GuardDamage(GuardDamage.Kind.ELEMENT, text)));
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
        List<String> first = elements.stream().sorted().limit(MAX_NAMED).toList();
        return first + (elements.size() > MAX_NAMED ? " and " + (elements.size() - MAX_NAMED) + " more" : "");
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
