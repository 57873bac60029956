package cloud.obiente.vpsgateway.attack.port;

import cloud.obiente.vpsgateway.lab.Http2Peer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A connection whose end an attacker has: says any bytes, and reads only when asked to. One thread at a time. */
public final class UnauthenticatedConnection implements AutoCloseable {
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 2_000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int FRAME_HEAD = 9;

    private final Socket socket = new Socket();
    private final OutputStream out;
    private int nextStream = 1;

    UnauthenticatedConnection(InetAddress from, InetSocketAddress to) throws IOException {
        try {
            socket.bind(new InetSocketAddress(from, 0));
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(READ_MILLIS);
            // PortAvailability of a closed connection would wait for a minute, and run out.
            socket.setSoLinger(true, 0);
            socket.connect(to, CONNECT_MILLIS);
            out = socket.getOutputStream();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    void say(byte[] bytes) throws IOException {
        out.write(bytes);
    }

    void say(String text) throws IOException {
        say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The preface of HTTP/2, and empty SETTINGS. */
    void preface() throws IOException {
        say(PREFACE);
        say(frame(Http2Peer.SETTINGS, 0, 0, new byte[0]));
    }

    /** A number for a new stream. */
    int newStream() {
        int stream = nextStream;
        nextStream += 2;
        return stream;
    }

    /** Reads away what has come, and waits for something; fails when the connection has ended. */
    void hear() throws IOException {
        if (socket.getInputStream().read(new byte[64 << 10]) < 0) {
            throw new IOException("closed");
        }
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(payload.length + FRAME_HEAD)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    /** A HEADERS frame of a POST. */
    static byte[] post(int flags, int stream, String path, Map<String, String> headers) throws IOException {
        return frame(Http2Peer.HEADERS, flags, stream, Http2Peer.head("POST", path, headers));
    }

    static byte[] together(byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
