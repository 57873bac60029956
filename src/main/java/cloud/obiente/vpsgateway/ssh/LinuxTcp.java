package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.epoll.Epoll;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * What Linux knows of a TCP connection and the JDK does not pass on (tcp(7)), reached through Netty's native library. The
 * sockets themselves stay the JDK's: Netty's epoll sockets read on after a peer's end of output although they were told
 * not to (netty/netty issue 13142), so that a VPS could fill the memory. Stateless.
 *
 * <p>Needs a native library for this processor, and the JDK's leave to ask a channel for its file descriptor
 * ({@code Add-Exports: java.base/sun.nio.ch}).
 */
final class LinuxTcp {
    private static final Logger LOG = Logger.getLogger(LinuxTcp.class);

    /** From linux/in.h and linux/tcp.h. */
    private static final int IPPROTO_TCP = 6;

    private static final int TCP_INFO = 11;
    private static final int TCP_USER_TIMEOUT = 18;
    /** Of tcpi_unacked in struct tcp_info. */
    private static final int UNACKED_OFFSET = 24;

    private final Method fileDescriptor;

    private LinuxTcp(Method fileDescriptor) {
        this.fileDescriptor = fileDescriptor;
    }

    /** Checks whether everything needed is present; logs what is missing. */
    static Optional<LinuxTcp> find() {
        try (SocketChannel probe = SocketChannel.open()) {
            Epoll.ensureAvailability();
            LinuxTcp found = new LinuxTcp(Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal"));
            found.setUserTimeout(probe, Duration.ZERO);
            return Optional.of(found);
        } catch (IOException | ReflectiveOperationException | RuntimeException | LinkageError missing) {
            LOG.info("TCP_USER_TIMEOUT cannot be set here; a VPS that dies with bytes unacknowledged is given up by"
                    + " the kernel, after about 15 minutes (net.ipv4.tcp_retries2). Reason: " + missing);
            return Optional.empty();
        }
    }

    /** Ends the connection when bytes are unacknowledged for so long, or cannot be sent because of a closed window. */
    void setUserTimeout(SocketChannel socket, Duration limit) throws IOException {
        of(socket).setIntOpt(IPPROTO_TCP, TCP_USER_TIMEOUT, Math.toIntExact(limit.toMillis()));
    }

    /** Whether the peer has not acknowledged all that was sent to it. */
    boolean awaitsAcknowledgement(SocketChannel socket) throws IOException {
        ByteBuffer info =
                ByteBuffer.allocateDirect(UNACKED_OFFSET + Integer.BYTES).order(ByteOrder.nativeOrder());
        of(socket).getRawOpt(IPPROTO_TCP, TCP_INFO, info);
        return info.getInt(UNACKED_OFFSET) != 0;
    }

    private Socket of(SocketChannel channel) throws IOException {
        try {
            // Does not own the descriptor, and must not be closed.
            return new Socket((int) fileDescriptor.invoke(channel));
        } catch (IllegalAccessException | InvocationTargetException refused) {
            throw new IOException("no access to the file descriptor of a channel", refused);
        }
    }
}
