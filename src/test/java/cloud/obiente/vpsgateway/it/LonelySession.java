package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Http2Peer;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;

/** One SSH connection on a ProxySSH stream of its own, on an HTTP/2 connection of its own. One thread. */
public final class LonelySession implements AutoCloseable {
    private static final int STREAM = 1;
    private static final int GRPC_HEAD = 5;
    private static final String ID = "a";

    private final Http2Peer peer;
    private ByteBuffer received = ByteBuffer.allocate(0);

    private LonelySession(Http2Peer peer) {
        this.peer = peer;
    }

    /**
     * To a server on this host, which sends back what it gets; has done so once.
     *
     * @param port the server's
     */
    public static LonelySession open(int port) throws IOException {
        LonelySession session = new LonelySession(new Http2Peer(GatewayProcess.GRPC_PORT));
        session.peer.post(
                STREAM,
                "/obiente.cloud.vpsgateway.v1.VPSGatewayService/ProxySSH",
                Map.of("content-type", "application/grpc", "te", "trailers", "x-api-secret", GatewayProcess.SECRET));
        session.say(message("connect").setTarget("127.0.0.1").setPort(port));
        assertThat(session.next().getType()).isEqualTo("connected");
        session.echo();
        return session;
    }

    /** Says something, and hears it. */
    public void echo() throws IOException {
        ByteString text = ByteString.copyFromUtf8("hello");
        say(message("data").setData(text));
        assertThat(next().getData()).isEqualTo(text);
    }

    /** Ends the SSH connection and hence the stream, but not the HTTP/2 connection. */
    public void finish() throws IOException {
        say(message("close"));
        peer.awaitEnd(STREAM);
    }

    private static ProxySSHRequest.Builder message(String type) {
        return ProxySSHRequest.newBuilder().setConnectionId(ID).setType(type);
    }

    private void say(ProxySSHRequest.Builder message) throws IOException {
        peer.message(STREAM, message.build().toByteArray());
    }

    /** Messages may lie across frames. */
    private ProxySSHResponse next() throws IOException {
        while (received.remaining() < GRPC_HEAD
                || received.remaining() < GRPC_HEAD + received.getInt(received.position() + 1)) {
            byte[] more = peer.next(Http2Peer.DATA).payload();
            byte[] all = Arrays.copyOfRange(received.array(), received.position(), received.limit() + more.length);
            System.arraycopy(more, 0, all, received.remaining(), more.length);
            received = ByteBuffer.wrap(all);
        }
        received.get();
        byte[] message = new byte[received.getInt()];
        received.get(message);
        return ProxySSHResponse.parseFrom(message);
    }

    @Override
    public void close() throws IOException {
        peer.close();
    }
}
