package cloud.obiente.vpsgateway.attack.port;

import java.io.IOException;

/**
 * One kind of attack on a port.
 *
 * @param name as docs/attacks.md lists it
 * @param source where it is published; empty: our own
 * @param target which port
 * @param opening what is said first on each connection
 * @param round what is said over and over after that
 * @param patience whether the attackers keep what they have opened and open more, rather than say more on it
 */
public record PortAttack(String name, String source, Target target, Say opening, Say round, AwaitTimeouts patience) {
    public enum Target {
        CALLS,
        MANAGEMENT
    }

    public enum AwaitTimeouts {
        /** Goes on with each connection until it is closed. */
        BUSY,
        /** Opens one after the other, and holds all of them. */
        HOLDS
    }

    /** What is said on a connection. */
    public interface Say {
        /** @throws IOException when the other side has closed it */
        void on(UnauthenticatedConnection connection) throws IOException;
    }

    static PortAttack busy(String name, String source, Say opening, Say round) {
        return new PortAttack(name, source, Target.CALLS, opening, round, AwaitTimeouts.BUSY);
    }

    static PortAttack holding(String name, Target target, Say opening) {
        return new PortAttack(name, "", target, opening, connection -> {}, AwaitTimeouts.HOLDS);
    }

    @Override
    public String toString() {
        return name;
    }
}
