package cloud.obiente.vpsgateway.control;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * The gateway's end of the control socket. A connection carries one line with a question, and its answer; four at once, the
 * next ones are told to come again. Owns the socket file, the threads {@code control} (accepts) and {@code control-*}
 * (answer, and may wait), and a timer that cuts off whoever takes longer than is allowed.
 *
 * <p>The JDK's channels and threads of its own, not Vert.x: answers come from files and from threads that are waited for, so
 * they could not be given on an event loop; and a gateway whose event loops hang can still be asked what is wrong.
 *
 * <p>Who may ask: connecting takes the right to write the socket file (unix(7)), which its owner and root have alone. It is
 * made in a directory that nobody else can enter and gets its mode there, before it is moved to where it is known.
 */
public final class ControlServer implements AutoCloseable {
    /** Of the socket, in the state directory. */
    public static final String FILE_NAME = "vps-gateway.sock";

    private static final Logger LOG = Logger.getLogger(ControlServer.class);
    private static final int MAX_CONNECTIONS = 4;
    private static final int MAX_REQUEST_BYTES = 4096;
    private static final int BACKLOG = 16;
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final String OWNER_ONLY = "rw-------";

    private final Path file;
    private final ServerSocketChannel listening;
    private final ControlHandler handler;
    private final Duration timeout;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService workers;
    private final ScheduledExecutorService timer;
    private volatile boolean closing;

    private ControlServer(Path file, ServerSocketChannel listening, ControlHandler handler, Duration timeout) {
        this.file = file;
        this.listening = listening;
        this.handler = handler;
        this.timeout = timeout;
        this.workers = new ThreadPoolExecutor(
                0, MAX_CONNECTIONS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), numbered("control-"));
        this.timer = new ScheduledThreadPoolExecutor(1, numbered("control-timer-"));
    }

    /**
     * Listens from now on, instead of whatever had the file before.
     *
     * @param directory the state directory, which this process has locked: a socket in it is a dead one's
     * @param timeout for one connection, from its beginning to its end
     * @throws IOException when there cannot be a socket; its path may have at most 107 bytes (unix(7))
     */
    public static ControlServer start(Path directory, ControlHandler handler, Duration timeout) throws IOException {
        Path file = directory.resolve(FILE_NAME);
        ControlServer server = new ControlServer(file, listen(directory, file), handler, timeout);
        Thread acceptor = new Thread(server::accept, "control");
        acceptor.setDaemon(true);
        acceptor.start();
        return server;
    }

    private static ServerSocketChannel listen(Path directory, Path file) throws IOException {
        Path nursery = Files.createTempDirectory(
                directory, ".sock", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path born = nursery.resolve("s");
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(born), BACKLOG);
            Files.setPosixFilePermissions(born, PosixFilePermissions.fromString(OWNER_ONLY));
            Files.move(born, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return channel;
        } catch (IOException | RuntimeException fault) {
            channel.close();
            throw fault;
        } finally {
            Files.deleteIfExists(born);
            Files.delete(nursery);
        }
    }

    private static ThreadFactory numbered(String prefix) {
        AtomicInteger number = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, prefix + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    private void accept() {
        while (!closing) {
            try {
                serve(listening.accept());
            } catch (ClosedChannelException stopping) {
                return;
            } catch (IOException noDescriptorLeft) {
                LOG.warnf("the control socket cannot be reached now: %s", noDescriptorLeft);
                pause();
            }
        }
    }

    /** What keeps accept(2) from working would otherwise make this thread spin. */
    private void pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
        } catch (InterruptedException stop) {
            closing = true;
        }
    }

    private void serve(SocketChannel connection) throws IOException {
        open.add(connection);
        ScheduledFuture<?> limit;
        try {
            limit = timer.schedule(() -> close(connection), timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException stopping) {
            close(connection);
            return;
        }
        try {
            workers.execute(() -> {
                converse(connection);
                limit.cancel(false);
                close(connection);
            });
        } catch (RejectedExecutionException busy) {
            limit.cancel(false);
            // Into an empty buffer: this does not wait.
            refuse(
                    connection,
                    new RefusedException(
                            RefusedException.Kind.UNAVAILABLE,
                            "the gateway answers " + MAX_CONNECTIONS + " questions already; ask again in a moment"));
            close(connection);
        }
    }

    private void converse(SocketChannel connection) {
        try {
            ControlRequest request = question(readLine(connection));
            Object answer = handler.answer(request, PeerUser.of(connection));
            write(connection, Map.of("answer", answer));
        } catch (RefusedException refused) {
            refuse(connection, refused);
        } catch (IOException broken) {
            LOG.debugf("control socket: %s", broken);
        } catch (RuntimeException fault) {
            LOG.error("a question on the control socket could not be answered", fault);
            refuse(
                    connection,
                    new RefusedException(
                            RefusedException.Kind.FAILED, "the gateway failed; its log says how (" + fault + ")"));
        }
    }

    private static byte[] readLine(SocketChannel connection) throws IOException, RefusedException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(MAX_REQUEST_BYTES);
        while (true) {
            if (connection.read(buffer) < 0) {
                throw new IOException("ended in the middle of a question");
            }
            for (buffer.flip(); buffer.hasRemaining(); ) {
                byte next = buffer.get();
                if (next == '\n') {
                    return line.toByteArray();
                }
                line.write(next);
            }
            buffer.clear();
            if (line.size() >= MAX_REQUEST_BYTES) {
                throw new RefusedException(
                        RefusedException.Kind.INVALID, "a question has less than " + MAX_REQUEST_BYTES + " bytes");
            }
        }
    }

    private static ControlRequest question(byte[] line) throws RefusedException {
        try {
            return ControlRequest.ofTree(Json.read(new ByteArrayInputStream(line)));
        } catch (IOException noJson) {
            throw new RefusedException(RefusedException.Kind.INVALID, "no JSON");
        }
    }

    private static void refuse(SocketChannel connection, RefusedException refused) {
        try {
            write(connection, Map.of("refused", refused.kind().name(), "why", refused.getMessage()));
        } catch (IOException broken) {
            LOG.debugf("control socket: %s", broken);
        }
    }

    private static void write(SocketChannel connection, Object tree) throws IOException {
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(connection), BUFFER_BYTES);
        Json.write(tree, out);
        out.write('\n');
        out.flush();
    }

    private void close(SocketChannel connection) {
        open.remove(connection);
        try {
            connection.close();
        } catch (IOException gone) {
            LOG.debugf("control socket: %s", gone);
        }
    }

    public Path file() {
        return file;
    }

    /** Nobody is answered any more; the file is gone. */
    @Override
    public void close() throws IOException {
        closing = true;
        Files.deleteIfExists(file);
        listening.close();
        timer.shutdownNow();
        workers.shutdown();
        open.forEach(this::close);
    }
}
