package cloud.obiente.vpsgateway.ssh.bastion;

import java.util.List;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jboss.logging.Logger.Level;

/**
 * What the bastion says of its clients: a bounded number of lines for each address and kind. Any thread.
 *
 * <p>Its category is not a class of this package on purpose: SSHD logs under the names of our subclasses, what clients have
 * sent in its lines, and all of this package is therefore switched off.
 */
final class BastionLog {
    /** The category of all lines about the bastion. */
    static final String CATEGORY = "SshBastion";

    private static final Logger LOG = Logger.getLogger(CATEGORY);

    /** At most so many sums a time, of those from whom lines were left out. */
    private static final int MAX_SUMS = 20;

    /** Of what a line tells. */
    enum Kind {
        LOGIN("logins"),
        KEY_REFUSED("refused keys"),
        NO_LOGIN("connections without a login"),
        BANNED("banned addresses"),
        BROKEN("broken connections"),
        TARGET_REFUSED("refused targets"),
        MISBEHAVED("clients that broke the protocol");

        private final String plural;

        Kind(String plural) {
            this.plural = plural;
        }
    }

    private final LogBudget<Kind> budget;

    /** @param nanoTime {@link System#nanoTime} */
    BastionLog(LongSupplier nanoTime) {
        this.budget = new LogBudget<>(nanoTime);
    }

    void log(Level level, Kind kind, BastionConnection connection, String text) {
        if (LOG.isEnabled(level) && budget.take(kind, connection.source())) {
            LOG.log(level, "bastion: " + text);
        }
    }

    /** A mistake of ours, with its stack trace. */
    void fault(Kind kind, BastionConnection connection, String text, Throwable fault) {
        if (budget.take(kind, connection.source())) {
            LOG.warn("bastion: " + text, fault);
        }
    }

    /** Tells what was left out. To be called every few seconds, by one thread. */
    void sum() {
        List<LogBudget.Omission<Kind>> omissions = budget.omissions();
        omissions.stream()
                .limit(MAX_SUMS)
                .forEach(omitted -> LOG.info("bastion: " + omitted.lines() + " more lines within a minute, from="
                        + omitted.from() + ": " + omitted.kind().plural));
        if (omissions.size() > MAX_SUMS) {
            LOG.info("bastion: more lines within a minute, from " + (omissions.size() - MAX_SUMS) + " other addresses");
        }
    }
}
