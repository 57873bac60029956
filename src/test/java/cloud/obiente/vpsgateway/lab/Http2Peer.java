package cloud.obiente.vpsgateway.lab;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * The client's end of an HTTP/2 connection (RFC 9113), frame by frame: it may do what no library does, such as never to
 * close. Settings are acknowledged, and nothing else is done by itself. One thread at a time.
 */
public final class Http2Peer implements AutoCloseable {
    public static final int DATA = 0;
    public static final int HEADERS = 1;
    public static final int RST_STREAM = 3;
    public static final int PING = 6;
    public static final int GOAWAY = 7;
    public static final int WINDOW_UPDATE = 8;
    public static final int SETTINGS = 4;

    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int MAX_ONE_BYTE_LENGTH = 126;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    /** What has come from the server. */
    public static final class Frame {
        private final int type;
        private final int flags;
        private final int stream;
        private final byte[] payload;

        private Frame(int type, int flags, int stream, byte[] payload) {
            this.type = type;
            this.flags = flags;
            this.stream = stream;
            this.payload = payload;
        }

        public byte[] payload() {
            return payload;
        }

        private boolean ends(int wanted) {
            return stream == wanted && (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }
    }

    /** Connects, and says the preface. */
    public Http2Peer(int port) throws IOException {
        this(InetAddress.getLoopbackAddress(), port);
    }

    /** The same from one of this host's addresses. */
    public Http2Peer(InetAddress from, int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
        out.write(PREFACE);
        write(SETTINGS, 0, 0, new byte[0]);
    }

    /** A whole request. */
    public void get(int stream, String path) throws IOException {
        get(stream, path, Map.of());
    }

    /** The same with further headers. */
    public void get(int stream, String path, Map<String, String> headers) throws IOException {
        write(HEADERS, END_STREAM | END_HEADERS, stream, head("GET", path, headers));
    }

    /** A request whose body is to follow. */
    public void post(int stream, String path, Map<String, String> headers) throws IOException {
        write(HEADERS, END_HEADERS, stream, head("POST", path, headers));
    }

    /** A message of gRPC, uncompressed. */
    public void message(int stream, byte[] message) throws IOException {
        byte[] framed = ByteBuffer.allocate(message.length + 5)
                .put((byte) 0)
                .putInt(message.length)
                .put(message)
                .array();
        write(DATA, 0, stream, framed);
    }

    public void ping() throws IOException {
        write(PING, 0, 0, new byte[8]);
    }

    /** The next frame that is no SETTINGS; empty when the server has closed the connection. */
    public Optional<Frame> next() throws IOException {
        while (true) {
            int length;
            try {
                length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            } catch (EOFException closed) {
                return Optional.empty();
            }
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt() & Integer.MAX_VALUE;
            byte[] payload = in.readNBytes(length);
            if (type != SETTINGS) {
                return Optional.of(new Frame(type, flags, stream, payload));
            } else if ((flags & ACK) == 0) {
                write(SETTINGS, ACK, 0, new byte[0]);
            }
        }
    }

    /** Reads until a frame of this type. */
    public Frame next(int type) throws IOException {
        while (true) {
            Frame frame = next().orElseThrow(() -> new EOFException("closed before a frame of type " + type));
            if (frame.type == type) {
                return frame;
            }
        }
    }

    /** Reads until this stream has ended. */
    public void awaitEnd(int stream) throws IOException {
        while (true) {
            Frame frame = next().orElseThrow(() -> new EOFException("closed before stream " + stream + " ended"));
            if (frame.ends(stream)) {
                return;
            }
        }
    }

    /** Any frame, as it is to be on the wire. */
    public void write(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(ByteBuffer.allocate(payload.length + 9)
                .put((byte) (payload.length >> 16))
                .putShort((short) payload.length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array());
    }

    /** The block of a request's head: HPACK (RFC 7541) of literals, which neither side needs to remember. */
    public static byte[] head(String method, String path, Map<String, String> headers) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        literal(block, ":method", method);
        literal(block, ":scheme", "http");
        literal(block, ":authority", "gateway");
        literal(block, ":path", path);
        for (Map.Entry<String, String> header : headers.entrySet()) {
            literal(block, header.getKey(), header.getValue());
        }
        return block.toByteArray();
    }

    private static void literal(ByteArrayOutputStream block, String name, String value) throws IOException {
        block.write(0);
        text(block, name);
        text(block, value);
    }

    private static void text(ByteArrayOutputStream block, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > MAX_ONE_BYTE_LENGTH) {
            throw new IllegalArgumentException("'" + text + "' is longer than this encoder can say");
        }
        block.write(bytes.length);
        block.write(bytes);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
