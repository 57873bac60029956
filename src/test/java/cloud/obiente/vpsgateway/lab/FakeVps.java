package cloud.obiente.vpsgateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A TCP port on loopback, with a thread for each connection. */
public final class FakeVps implements AutoCloseable {
    /** What the VPS does with a connection, which is closed afterwards. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Socket socket) throws IOException;
    }

    private final ServerSocket listening;
    private final Queue<Socket> sockets = new ConcurrentLinkedQueue<>();

    public FakeVps(Behaviour behaviour) {
        this(behaviour, OptionalInt.empty());
    }

    /** @param receiveBuffer of each connection, in bytes; the kernel grows it as it likes where empty */
    private FakeVps(Behaviour behaviour, OptionalInt receiveBuffer) {
        try {
            listening = new ServerSocket();
            if (receiveBuffer.isPresent()) {
                listening.setReceiveBufferSize(receiveBuffer.getAsInt());
            }
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start(() -> accept(behaviour));
    }

    /** The kernel keeps little of what it does not read, so that it is soon stuck, and thousands of connections cost little. */
    public static FakeVps withSmallBuffer(Behaviour behaviour) {
        return new FakeVps(behaviour, OptionalInt.of(4096));
    }

    /** Sends back what it gets. */
    public static FakeVps echo() {
        return new FakeVps(socket -> socket.getInputStream().transferTo(socket.getOutputStream()));
    }

    public int port() {
        return listening.getLocalPort();
    }

    private void accept(Behaviour behaviour) {
        try {
            while (true) {
                Socket socket = listening.accept();
                sockets.add(socket);
                start(() -> serve(behaviour, socket));
            }
        } catch (IOException closed) {
            // How this thread ends.
            return;
        }
    }

    private void serve(Behaviour behaviour, Socket socket) {
        try (socket) {
            behaviour.serve(socket);
        } catch (IOException gone) {
            // The gateway has ended the connection, which tests do.
        } finally {
            sockets.remove(socket);
        }
    }

    /** Connections that have not ended. */
    public int open() {
        return sockets.size();
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "fake-vps");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
