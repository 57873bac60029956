package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.file.nonefs.NoneFileSystemFactory;
import org.apache.sshd.common.forward.DefaultForwarderFactory;
import org.apache.sshd.common.global.KeepAliveHandler;
import org.apache.sshd.common.kex.extension.DefaultServerKexExtensionHandler;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.random.JceRandomFactory;
import org.apache.sshd.common.random.SingletonRandomFactory;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.session.helpers.DefaultUnknownChannelReferenceHandler;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.server.forward.RejectAllForwardingFilter;
import org.apache.sshd.server.session.ServerConnectionServiceFactory;
import org.jboss.logging.Logger;

/**
 * An SSH server that leads to VPSs and does nothing else. Owns the port and the logins. Started and stopped by one thread;
 * SSHD serves on threads of its own, and encrypts for the tunnels on those it is given.
 */
public final class Bastion implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(BastionLog.CATEGORY);
    private static final Duration REREAD = Duration.ofSeconds(2);
    /** How long clients are given to take the last word. */
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(2);
    /** Channels of a login that lead nowhere; those to VPSs are counted apart. */
    private static final int SPARE_CHANNELS = 64;

    static {
        JdkSecurity.install();
    }

    private final BastionSettings settings;
    private final BastionDependencies needs;
    private final AuthorizedKeys keys;
    private final SshServer server;
    private final Function<WindowBudget, ReceiveWindow> windows;
    private final AnswerQueue.Limits answers;
    private final BastionLog log = new BastionLog(System::nanoTime);

    /** Listens to nothing yet. */
    public Bastion(BastionSettings settings, BastionDependencies needs) {
        this(settings, needs, budget -> new ReceiveWindow(budget, System::nanoTime), AnswerQueue.Limits.DEFAULT);
    }

    /**
     * @param windows one for each channel
     * @param answers of each session
     */
    Bastion(
            BastionSettings settings,
            BastionDependencies needs,
            Function<WindowBudget, ReceiveWindow> windows,
            AnswerQueue.Limits answers) {
        this.settings = settings;
        this.needs = needs;
        this.windows = windows;
        this.answers = answers;
        this.keys = new AuthorizedKeys(settings.authorizedKeys(), needs.zone());
        this.server = new SshServer();
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
        assemble();
        configure();
        AuthorizedKeysAuthenticator authenticator =
                new AuthorizedKeysAuthenticator(keys, needs.admission(), needs.listener(), needs.clock(), log);
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey.pair()));
        server.setPublickeyAuthenticator(authenticator);
        server.addSessionListener(authenticator);
        server.addSessionListener(new DisconnectLog(log));
        server.setSessionFactory(new AdmissionSessionFactory(
                server, settings, needs.keepAlive(), needs.admission(), needs.listener(), timer, log, needs.writers()));
        keys.reread();
        every(REREAD, keys::reread, timer);
        every(REREAD, log::sum, timer);
        every(REREAD, () -> sessions().forEach(session -> session.endIfNotReading(answers.timeout())), timer);
        try {
            server.start();
        } catch (IOException e) {
            throw new IOException(
                    "the bastion cannot listen on " + settings.host() + ":" + settings.port() + ": " + e.getMessage()
                            + " (stop the program that does, or change GATEWAY_SSH_BASTION_PORT)",
                    e);
        }
        LOG.infof(
                "bastion: listening on %s:%s, host key %s (%s)",
                settings.host(), String.valueOf(settings.port()), hostKey.fingerprint(), hostKey.file());
    }

    /**
     * Looks at the file of keys now. On the thread of the timer that was given to {@link #start}.
     *
     * @return the file
     */
    public Path rereadKeys() {
        keys.reread();
        return settings.authorizedKeys();
    }

    private static void every(Duration pause, Runnable chore, ScheduledExecutorService timer) {
        ScheduledFuture<?> unused =
                timer.scheduleWithFixedDelay(chore, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** All that SSHD's own builder would do, without what that one brings along and is not wanted. */
    private void assemble() {
        server.setKeyExchangeFactories(SshAlgorithms.keyExchanges());
        server.setKexExtensionHandler(DefaultServerKexExtensionHandler.INSTANCE);
        server.setCipherFactories(SshAlgorithms.ciphers());
        server.setMacFactories(SshAlgorithms.macs());
        server.setSignatureFactories(SshAlgorithms.signatures());
        server.setCompressionFactories(SshAlgorithms.compressions());
        server.setRandomFactory(new SingletonRandomFactory(JceRandomFactory.INSTANCE));
        server.setIoServiceFactoryFactory(new BastionSocket.Factory(answers));
        server.setFileSystemFactory(NoneFileSystemFactory.INSTANCE);
        server.setForwarderFactory(DefaultForwarderFactory.INSTANCE);
        server.setForwardingFilter(RejectAllForwardingFilter.INSTANCE);
        server.setUnknownChannelReferenceHandler(DefaultUnknownChannelReferenceHandler.INSTANCE);
        server.setGlobalRequestHandlers(List.of(KeepAliveHandler.INSTANCE));
        server.setUserAuthFactories(List.of(UserAuthPublicKeyFactory.INSTANCE));
        server.setServiceFactories(
                List.of(new LoginService.LoginServiceFactory(), ServerConnectionServiceFactory.INSTANCE));
        DirectTunnels.Rules rules =
                new DirectTunnels.Rules(keys, needs.clock(), needs.limits().connectionsPerStream(), log);
        WindowBudget budget = new WindowBudget(
                needs.limits().bufferBytes(),
                needs.limits().connections(),
                needs.tunnels().bufferedBytes());
        DirectTunnels tunnels =
                new DirectTunnels(needs.tunnels(), needs.loops(), needs.writers(), rules, budget, windows);
        server.setChannelFactories(List.of(new UsageChannel.UsageChannelFactory(usage()), tunnels));
    }

    private void configure() {
        server.setHost(settings.host().toString());
        server.setPort(settings.port());
        CoreModuleProperties.SERVER_IDENTIFICATION.set(server, "vps-gateway");
        CoreModuleProperties.WINDOW_SIZE.set(server, UsageChannel.WINDOW_BYTES);
        CoreModuleProperties.MAX_CONCURRENT_CHANNELS.set(
                server, needs.limits().connectionsPerStream() + SPARE_CHANNELS);
        CoreModuleProperties.AUTH_TIMEOUT.set(server, settings.loginGrace());
        CoreModuleProperties.TCP_NODELAY.set(server, true);
        // A session may be silent, and a client may stop reading, for as long as they like; the dead are probed for.
        CoreModuleProperties.IDLE_TIMEOUT.set(server, Duration.ZERO);
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(server, Duration.ZERO);
    }

    /** Those of the clients that are connected. Any thread. */
    List<BastionSession> sessions() {
        return server.getActiveSessions().stream()
                .map(BastionSession.class::cast)
                .toList();
    }

    /** Disconnects the clients, and closes the port. Waits for two seconds at most. */
    @Override
    public void close() throws IOException {
        if (server.isStarted()) {
            CoreModuleProperties.STOP_WAIT_TIME.set(server, SHUTDOWN_TIMEOUT);
            for (AbstractSession session : server.getActiveSessions()) {
                session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, "gateway is shutting down");
            }
            server.stop(true);
        }
        needs.writers().shutdown();
    }
}
