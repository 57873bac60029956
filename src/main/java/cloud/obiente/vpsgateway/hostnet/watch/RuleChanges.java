package cloud.obiente.vpsgateway.hostnet.watch;

import java.util.function.Predicate;

/** Where to hear of changed rules. Never the only way: what is not heard of is found by the next comparison. */
public interface RuleChanges {

    /**
     * Has somebody look from now on whenever rules have changed that concern it: soon after the first change, later and
     * later while changes keep coming, and whenever some may have gone unheard. Any thread.
     *
     * @param concerns asked for each change, its own ones included; must be quick
     * @param look called on a thread that is not its own; must be quick, and so leave the looking to another
     */
    void hear(Predicate<RuleChange> concerns, Runnable look);
}
