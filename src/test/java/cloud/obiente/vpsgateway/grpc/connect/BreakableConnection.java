package cloud.obiente.vpsgateway.grpc.connect;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Carries one TCP connection to a server, and can break it the way a dying host does: no goodbye in HTTP/2. */
final class BreakableConnection implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private final Socket server;

    BreakableConnection(int serverPort) throws IOException {
        server = new Socket(InetAddress.getLoopbackAddress(), serverPort);
        start("carry-requests", () -> {
            Socket client = listener.accept();
            start("carry-answers", () -> copy(server.getInputStream(), client.getOutputStream()));
            copy(client.getInputStream(), server.getOutputStream());
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    /** The server sees a TCP reset. */
    void breakOff() throws IOException {
        server.setSoLinger(true, 0);
        server.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        listener.close();
    }

    private static void copy(InputStream from, OutputStream to) throws IOException {
        byte[] buffer = new byte[8192];
        for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
            to.write(buffer, 0, read);
            to.flush();
        }
    }

    private static void start(String name, Carrier carrier) {
        Thread thread = new Thread(
                () -> {
                    try {
                        carrier.carry();
                    } catch (IOException broken) {
                        Thread.currentThread().interrupt();
                    }
                },
                name);
        thread.setDaemon(true);
        thread.start();
    }

    private interface Carrier {
        void carry() throws IOException;
    }
}
