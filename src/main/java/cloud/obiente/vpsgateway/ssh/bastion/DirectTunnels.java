package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import io.netty.channel.EventLoop;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.jboss.logging.Logger.Level;

/** Makes direct-tcpip channels. Any thread; stateless. */
final class DirectTunnels implements ChannelFactory {
    private final Tunnels tunnels;
    private final Supplier<EventLoop> loops;
    private final Executor writers;
    private final Rules rules;
    private final WindowBudget budget;
    private final Function<WindowBudget, ReceiveWindow> windows;

    /**
     * @param loops one for each channel
     * @param writers threads that encrypt
     * @param budget of all channels
     * @param windows one for each channel
     */
    DirectTunnels(
            Tunnels tunnels,
            Supplier<EventLoop> loops,
            Executor writers,
            Rules rules,
            WindowBudget budget,
            Function<WindowBudget, ReceiveWindow> windows) {
        this.tunnels = tunnels;
        this.loops = loops;
        this.writers = writers;
        this.rules = rules;
        this.budget = budget;
        this.windows = windows;
    }

    @Override
    public String getName() {
        return "direct-tcpip";
    }

    @Override
    public Channel createChannel(Session session) {
        return new TunnelChannel(
                tunnels, loops.get(), new SerialExecutor(writers), rules, budget, windows.apply(budget));
    }

    /**
     * What a login may do, as the file of keys says now: a key that was taken out of it reaches nothing more.
     *
     * @param channelsPerConnection at once
     */
    record Rules(AuthorizedKeys keys, Clock clock, int channelsPerConnection, BastionLog log) {
        private static final int MAX_PORT = 65_535;

        /** That of a login; empty when it has been taken away since. */
        Optional<AuthorizedKey> key(BastionConnection connection) {
            return keys.find(connection.login().fingerprint());
        }

        /** Why there may be no such channel; empty: it may be, and counts among those of its connection. */
        Optional<String> objectionToOpening(
                BastionConnection connection, Optional<AuthorizedKey> key, String target, long port) {
            if (port < 1 || port > MAX_PORT) {
                return Optional.of("target not allowed: '" + port + "' is no port (expected: 1 to " + MAX_PORT + ")");
            }
            Optional<String> objection = objection(connection, key, target, (int) port);
            if (objection.isEmpty() && !connection.addChannel(channelsPerConnection)) {
                return Optional.of("too many connections: this login has " + channelsPerConnection + " already"
                        + " (GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM)");
            }
            return objection;
        }

        private Optional<String> objection(
                BastionConnection connection, Optional<AuthorizedKey> key, String target, int port) {
            if (key.isEmpty()) {
                return Optional.of("target not allowed: the key of this login is not authorized any more");
            }
            return key.get()
                    .objection(connection.address(), clock.instant())
                    .map(why -> "target not allowed: " + why)
                    .or(() -> key.get().objection(target, port));
        }

        void refused(BastionConnection connection, String target, String why) {
            log.log(
                    Level.INFO,
                    BastionLog.Kind.TARGET_REFUSED,
                    connection,
                    "target refused, user='" + Caller.of(connection.login().user()) + "' key="
                            + connection.login().fingerprint() + " target=" + Caller.of(target) + ": " + why);
        }
    }
}
