package cloud.obiente.vpsgateway.hostnet.watch;

import java.util.concurrent.CompletionStage;

/**
 * Keeps rules in the host's packet filter, and checks them when it is told that they may have changed. Being told is never
 * the only way: what nobody announces is found by the next comparison.
 */
public interface RuleKeeper {

    /**
     * Completes when its first rules are in place, and with that the time in which it wants to be told; never where it has
     * none, or none whose changes the kernel announces.
     */
    CompletionStage<Void> installed();

    /** Whether a change is of its rules; its own changes count, too. Asked for each change, on any thread; must be quick. */
    boolean concerns(RuleChange change);

    /**
     * Makes it check its rules, on a thread of its own; does nothing before it is {@link #installed}. Called soon after the
     * first change that concerns it, later and later while changes keep coming, and whenever some may have gone unheard.
     * Any thread; must be quick.
     */
    void checkSoon();
}
