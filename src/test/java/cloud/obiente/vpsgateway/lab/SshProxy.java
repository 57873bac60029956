package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Local TCP ports that lead to VPSs' SSH servers: one ProxySSH stream for each connection, with the deployed API's manners: a
 * connection is closed by a message, and the stream is left open for ever. Threads may share it.
 */
public final class SshProxy implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final Function<String, Optional<ConnectClient>> gatewayOf;

    /** @param gatewayOf the gateway beside a VPS, asked for each connection; empty while there is none */
    public SshProxy(Function<String, Optional<ConnectClient>> gatewayOf) {
        this.gatewayOf = gatewayOf;
    }

    /**
     * Opens a port on loopback, and waits until it is open.
     *
     * @param port 0 for any
     * @return the port
     */
    public int listen(String vps, int port) {
        return vertx.createNetServer()
                .connectHandler(socket -> accept(vps, socket))
                .listen(port, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .join()
                .actualPort();
    }

    private void accept(String vps, NetSocket socket) {
        Optional<ConnectClient> gateway = gatewayOf.apply(vps);
        if (gateway.isEmpty()) {
            socket.close().onFailure(gone -> {});
            return;
        }
        socket.pause();
        Connection connection = new Connection(socket);
        CompletableFuture<ConnectStream> unused = gateway.get().stream(
                        "ProxySSH", ProxySSHResponse.parser(), connection::heard)
                .whenComplete((stream, failure) -> connection.begin(vps, stream, failure));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    /** One SSH connection on one stream. */
    private static final class Connection {
        private static final String ID = "1";

        private final NetSocket socket;
        private volatile ConnectStream stream;

        Connection(NetSocket socket) {
            this.socket = socket;
        }

        void begin(String vps, ConnectStream opened, Throwable failure) {
            if (failure != null) {
                close();
                return;
            }
            stream = opened;
            CompletableFuture<String> unused = opened.end().whenComplete((end, broken) -> close());
            socket.handler(this::toVps);
            socket.closeHandler(closed -> opened.send(message("close").build()));
            opened.send(message("connect").setTarget(vps).build());
        }

        private void toVps(Buffer bytes) {
            ByteString data = UnsafeByteOperations.unsafeWrap(bytes.getBytes());
            stream.send(message("data").setData(data).build());
            if (stream.isFull()) {
                socket.pause();
                stream.onDrained(socket::resume);
            }
        }

        void heard(ProxySSHResponse message) {
            switch (message.getType()) {
                case "connected" -> socket.resume();
                case "data" -> toCaller(message.getData());
                default -> close();
            }
        }

        private void toCaller(ByteString data) {
            socket.write(Buffer.buffer(data.toByteArray())).onFailure(gone -> stream.reset());
            if (socket.writeQueueFull()) {
                stream.pause();
                socket.drainHandler(drained -> stream.resume());
            }
        }

        /** After what has been written. */
        private void close() {
            socket.end().onFailure(gone -> socket.close());
        }

        private static ProxySSHRequest.Builder message(String type) {
            return ProxySSHRequest.newBuilder().setConnectionId(ID).setType(type);
        }
    }
}
