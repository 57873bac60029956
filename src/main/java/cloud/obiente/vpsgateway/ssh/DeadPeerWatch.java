package cloud.obiente.vpsgateway.ssh;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has the kernel end a connection whose VPS has died with bytes unacknowledged. Lives on the event loop of its socket.
 *
 * <p>TCP_USER_TIMEOUT is on only while bytes are unacknowledged. Left on, it would also end a VPS that lives and
 * acknowledges, but does not read for as long: its window is closed, and that may last.
 */
final class DeadPeerWatch extends ChannelOutboundHandlerAdapter {
    /** Checks within the time after which the VPS is given up. */
    private static final int CHECKS = 6;

    private final LinuxTcp tcp;
    private final SocketChannel socket;
    private final Duration limit;
    private boolean checking;

    /** @param limit how long bytes may be unacknowledged */
    DeadPeerWatch(LinuxTcp tcp, SocketChannel socket, Duration limit) {
        this.tcp = tcp;
        this.socket = socket;
        this.limit = limit;
    }

    @Override
    public void flush(ChannelHandlerContext context) {
        context.flush();
        checkLater(context);
    }

    private void checkLater(ChannelHandlerContext context) {
        if (!checking) {
            checking = true;
            context.executor()
                    .schedule(() -> check(context), limit.toMillis() / CHECKS, TimeUnit.MILLISECONDS)
                    .addListener(ignored -> {});
        }
    }

    private void check(ChannelHandlerContext context) {
        checking = false;
        if (!socket.isOpen()) {
            return;
        }
        try {
            boolean awaits = tcp.awaitsAcknowledgement(socket);
            tcp.setUserTimeout(socket, awaits ? limit : Duration.ZERO);
            if (awaits) {
                checkLater(context);
            }
        } catch (IOException fault) {
            context.fireExceptionCaught(fault);
        }
    }
}
