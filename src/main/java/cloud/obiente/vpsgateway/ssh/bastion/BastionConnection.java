package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ipam.Caller;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.apache.sshd.common.io.IoSession;
import org.apache.sshd.common.session.Session;

/** What is known of one connection to the bastion. Any thread; it hangs on SSHD's session and goes with it. */
final class BastionConnection {
    private static final AttributeKey<BastionConnection> KEY = new AttributeKey<>();
    private static final String STILL_OPEN = "";

    private final InetAddress address;
    private final ClientSource source;
    private final AtomicInteger tries = new AtomicInteger();
    private final AtomicInteger channels = new AtomicInteger();
    private final AtomicBoolean loggedIn = new AtomicBoolean();
    private final AtomicReference<String> end = new AtomicReference<>(STILL_OPEN);
    private volatile Login login = new Login("", "");

    /**
     * Who is, or wants to be, at the other end.
     *
     * @param user chosen by the client, and no evidence of anything
     * @param fingerprint of the key
     */
    record Login(String user, String fingerprint) {}

    BastionConnection(IoSession session) {
        this.address = ((InetSocketAddress) session.getRemoteAddress()).getAddress();
        this.source = ClientSource.of(address);
    }

    void attachTo(Session session) {
        session.setAttribute(KEY, this);
    }

    static BastionConnection of(Session session) {
        return session.getAttribute(KEY);
    }

    InetAddress address() {
        return address;
    }

    ClientSource source() {
        return source;
    }

    /** A try to log in has failed. */
    int countTry() {
        return tries.incrementAndGet();
    }

    int tries() {
        return tries.get();
    }

    /** A key is being judged; the one that was judged last is that of the login. */
    void offered(Login offered) {
        login = offered;
    }

    /** @return false when it had logged in before */
    boolean markLoggedIn() {
        return loggedIn.compareAndSet(false, true);
    }

    boolean isLoggedIn() {
        return loggedIn.get();
    }

    Login login() {
        return login;
    }

    /** It ends, or has ended; the first reason is the one that counts. */
    void ends(String why) {
        end.compareAndSet(STILL_OPEN, why);
    }

    /** Why it has ended; empty while it is open. */
    Optional<String> end() {
        return Optional.of(end.get()).filter(why -> !why.equals(STILL_OPEN));
    }

    /** Who it is, for the log. */
    @Override
    public String toString() {
        return "user='" + Caller.of(login.user()) + "' key=" + login.fingerprint() + " from="
                + address.getHostAddress();
    }

    /** @return false when there are as many as may be */
    boolean addChannel(int most) {
        if (channels.incrementAndGet() <= most) {
            return true;
        }
        channels.decrementAndGet();
        return false;
    }

    void removeChannel() {
        channels.decrementAndGet();
    }
}
