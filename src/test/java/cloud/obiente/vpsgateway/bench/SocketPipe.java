package cloud.obiente.vpsgateway.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A TCP connection on loopback. */
final class SocketPipe implements Pipe {
    private final Socket socket;
    private final byte[] buffer = new byte[64 << 10];
    private long received;

    SocketPipe(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
    }

    @Override
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    @Override
    public void finish() throws IOException {
        socket.shutdownOutput();
    }

    @Override
    public void awaitReceived(long bytes) throws IOException {
        while (received < bytes) {
            int n = socket.getInputStream().read(buffer);
            if (n < 0) {
                throw new IOException("ended after " + received + " bytes");
            }
            received += n;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
