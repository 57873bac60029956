package cloud.obiente.vpsgateway.ssh.bastion;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.sshd.client.ClientFactoryManager;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSession.ClientSessionEvent;
import org.apache.sshd.client.session.ClientSessionImpl;
import org.apache.sshd.client.session.SessionFactory;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.io.IoWriteFuture;
import org.apache.sshd.common.util.Readable;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.core.CoreModuleProperties;

/**
 * Clients that exchange keys as they should, and then send what they like: any message, at any time, with or without reading
 * what is answered. Closed by its owner, with all its connections.
 */
public final class RawSshClient implements AutoCloseable {
    static {
        JdkSecurity.install();
    }

    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private final SshClient client = SshClient.setUpDefaultClient();
    private final KeyPair key = freshKey();

    public RawSshClient() {
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        CoreModuleProperties.IDLE_TIMEOUT.set(client, Duration.ZERO);
        CoreModuleProperties.NIO2_MIN_WRITE_TIMEOUT.set(client, Duration.ZERO);
        client.setSessionFactory(new SessionFactory(client) {
            @Override
            protected ClientSessionImpl doCreateSession(IoSession socket) throws Exception {
                return new PausableSession(getClient(), socket);
            }
        });
        client.start();
    }

    private static KeyPair freshKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }

    /** The line of authorized_keys for those that log in. */
    public String publicKey() {
        return PublicKeyEntry.toString(key.getPublic());
    }

    /** A connection from a loopback address whose keys have been exchanged. */
    public Connected connect(int port, String from) throws IOException {
        ClientSession session = client.connect(
                        "ops",
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        new InetSocketAddress(from, 0))
                .verify(TIMEOUT)
                .getSession();
        session.waitFor(EnumSet.of(ClientSessionEvent.WAIT_AUTH, ClientSessionEvent.CLOSED), TIMEOUT);
        return new Connected((PausableSession) session);
    }

    /** The same, with a login. */
    public Connected logIn(int port, String from) throws IOException {
        Connected connected = connect(port, from);
        connected.session.addPublicKeyIdentity(key);
        connected.session.auth().verify(TIMEOUT);
        return connected;
    }

    @Override
    public void close() {
        client.stop();
    }

    /** Leaves what was read where it is while it is paused: not even what was being read at that moment is worked on. */
    private static final class PausableSession extends ClientSessionImpl {
        private boolean isPaused;
        private Optional<Readable> unread = Optional.empty();

        PausableSession(ClientFactoryManager client, IoSession socket) throws Exception {
            super(client, socket);
        }

        synchronized void pause() {
            isPaused = true;
        }

        @Override
        public void messageReceived(Readable bytes) throws Exception {
            if (!isLeft(bytes)) {
                super.messageReceived(bytes);
            }
        }

        private synchronized boolean isLeft(Readable bytes) {
            if (isPaused) {
                unread = Optional.of(bytes);
                getIoSession().suspendRead();
            }
            return isPaused;
        }

        /** Nothing is read meanwhile. */
        void readOn() throws Exception {
            Optional<Readable> left = goOn();
            if (left.isPresent()) {
                super.messageReceived(left.get());
                getIoSession().resumeRead();
            }
        }

        private synchronized Optional<Readable> goOn() {
            Optional<Readable> left = unread;
            isPaused = false;
            unread = Optional.empty();
            return left;
        }
    }

    /** One connection. */
    public static final class Connected {
        private final PausableSession session;

        private Connected(PausableSession session) {
            this.session = session;
        }

        public ClientSession session() {
            return session;
        }

        /**
         * Sends a message.
         *
         * @param fields what stands behind its number
         */
        public IoWriteFuture send(int message, Consumer<Buffer> fields) throws IOException {
            Buffer packet = session.createBuffer((byte) message);
            fields.accept(packet);
            return session.writePacket(packet);
        }

        /** Takes no more of what is answered than the kernels do; what comes from now on waits for {@link #readOn}. */
        public void stopReading() {
            session.pause();
        }

        public void readOn() throws Exception {
            session.readOn();
        }

        public boolean isOpen() {
            return session.isOpen();
        }
    }
}
