package cloud.obiente.vpsgateway.control;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** The operator's end of the control socket. Blocks; stateless. */
public final class ControlClient {
    private final Path file;

    /** @param directory the state directory of the gateway to ask */
    public ControlClient(Path directory) {
        this.file = directory.resolve(ControlServer.FILE_NAME);
    }

    public Path file() {
        return file;
    }

    /**
     * Asks, and waits for the answer, for as long as the gateway takes.
     *
     * @return the answer's tree
     * @throws NotRunningException when no gateway listens
     * @throws RefusedException when it says no
     * @throws IOException when it cannot be asked for another reason, such as missing rights, or hangs up
     */
    public Object ask(ControlRequest request) throws IOException, RefusedException {
        try (SocketChannel connection = connect()) {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            Json.write(request.toTree(), line);
            line.write('\n');
            ByteBuffer question = ByteBuffer.wrap(line.toByteArray());
            while (question.hasRemaining()) {
                connection.write(question);
            }
            return answer(Json.read(new BufferedInputStream(Channels.newInputStream(connection))));
        }
    }

    private SocketChannel connect() throws IOException {
        if (Files.notExists(file)) {
            throw new NotRunningException(file);
        }
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(file));
        } catch (java.net.ConnectException refused) {
            if (!Files.isWritable(file)) {
                throw refused;
            }
            throw new NotRunningException(file);
        }
    }

    private static Object answer(Object tree) throws IOException, RefusedException {
        if (tree instanceof Map<?, ?> map) {
            if (map.containsKey("answer")) {
                return map.get("answer");
            }
            if (map.get("refused") instanceof String kind) {
                throw new RefusedException(kindOf(kind), String.valueOf(map.get("why")));
            }
        }
        throw new IOException("the gateway answered something that this version does not understand");
    }

    /** Another version may have others. */
    private static RefusedException.Kind kindOf(String name) {
        return Stream.of(RefusedException.Kind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(RefusedException.Kind.FAILED);
    }

    /** No gateway listens on the socket. */
    public static final class NotRunningException extends IOException {
        private static final long serialVersionUID = 1;

        NotRunningException(Path file) {
            super("no gateway listens on " + file);
        }
    }
}
