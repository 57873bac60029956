package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.ServerBuilder;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.global.NoMoreSessionsHandler;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;

/**
 * An SSH server that leads to VPSs and does nothing else. Owns the port and the logins. Started and stopped by one thread;
 * SSHD serves on threads of its own, and encrypts for the tunnels on those it is given.
 */
public final class Bastion implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Bastion.class.getName());
    private static final Duration REREAD = Duration.ofSeconds(2);
    /** How long clients are given to take the last word. */
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    /** Channels of a login that lead nowhere; those to VPSs are counted apart. */
    private static final int SPARE_CHANNELS = 64;

    static {
        JdkSecurity.install();
    }

    private final BastionSettings settings;
    private final BastionNeeds needs;
    private final AuthorizedKeys keys;
    private final ExecutorService writers;
    private final SshServer server;

    /** Listens to nothing yet. */
    public Bastion(BastionSettings settings, BastionNeeds needs) {
        this.settings = settings;
        this.needs = needs;
        this.keys = new AuthorizedKeys(settings.authorizedKeys(), needs.zone());
        this.writers = needs.writers();
        this.server = ServerBuilder.builder()
                .keyExchangeFactories(Algorithms.keyExchanges())
                .cipherFactories(Algorithms.ciphers())
                .macFactories(Algorithms.macs())
                .signatureFactories(Algorithms.signatures())
                .compressionFactories(Algorithms.compressions())
                .forwardingFilter(RejectAllForwardingFilter.INSTANCE)
                .globalRequestHandlers(List.of(KeepAliveHandler.INSTANCE, NoMoreSessionsHandler.INSTANCE))
                .channelFactories(List.of(
                        new UsageChannel.Factory(usage()),
                        new DirectTunnels(
                                needs.tunnels(),
                                needs.loops(),
                                writers,
                                new DirectTunnels.Rules(keys, needs.clock(), needs.channelsPerConnection()))))
                .build();
    }

    private String usage() {
        return "This is a way to VPSs, not a place to be: ssh -J <user>@<this gateway>:" + settings.port()
                + " root@<vps_id>\r\n";
    }

    /**
     * Reads the keys and opens the port.
     *
     * @param timer for short tasks, now and then the reading of a small file; somebody else's
     * @throws IOException when the host key cannot be used, or somebody else has the port; the message says which
     */
    public void start(ScheduledExecutorService timer) throws IOException {
        BastionHostKey hostKey = BastionHostKey.open(settings.hostKey(), needs.stateDirectory());
        configure();
        KeyJudge judge = new KeyJudge(keys, needs.admission(), needs.listener(), needs.clock());
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey.pair()));
        server.setPublickeyAuthenticator(judge);
        server.addSessionListener(judge);
        server.setSessionFactory(
                new GuardedSessions(server, settings, needs.keepAlive(), needs.admission(), needs.listener(), timer));
        keys.reread();
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(keys::reread, REREAD.toMillis(), REREAD.toMillis(), TimeUnit.MILLISECONDS);
        try {
            server.start();
        } catch (IOException e) {
            throw new IOException(
                    "the bastion cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                            + " (stop the program that does, or change GATEWAY_SSH_BASTION_PORT)",
                    e);
        }
        LOG.log(
                Level.INFO,
                "bastion: listening on {0}:{1}, host key {2} ({3})",
                settings.host(),
                String.valueOf(settings.port()),
                hostKey.fingerprint(),
                hostKey.file());
    }

    private void configure() {
        server.setHost(settings.host().toString());
        server.setPort(settings.port());
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setServiceFactories(List.of(new LoginService.Factory(), ServerConnectionServiceFactory.INSTANCE));
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "vps-gateway");
        CoreModuleProperties.WINDOW_SIZE.set(server, TunnelChannel.WINDOW_BYTES);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(server, needs.channelsPerConnection() + SPARE_CHANNELS);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, settings.loginGrace());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        // A session may be silent, and a client may stop reading, for as long as they like; the dead are probed for.
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, Duration.ZERO);
    }

    /** Says goodbye to whoever is there, and closes the port. Waits for two seconds at most. */
    @Override
    public void close() throws IOException {
        if (server.isStarted()) {
            CoreModuleProperties.STOP_WAIT_TIME.set(server, GOODBYE);
            for (AbstractSession session : server.getActiveSessions()) {
                session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "gateway is shutting down");
            }
            server.stop(true);
        }
        writers.shutdown();
    }
}
