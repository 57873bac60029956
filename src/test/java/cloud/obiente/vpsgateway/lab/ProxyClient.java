package cloud.obiente.vpsgateway.lab;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** An API instance: one connection to a gateway on this host, any number of ProxySSH streams. */
public final class ProxyClient implements AutoCloseable {
    private static final int STREAM_WINDOW_BYTES = 2 << 20;

    private final Function<SshWire.Events, SshWire> opener;
    private final Runnable closer;

    private ProxyClient(Function<SshWire.Events, SshWire> opener, Runnable closer) {
        this.opener = opener;
        this.closer = closer;
    }

    public static ProxyClient grpc(int port, String secret) {
        return of(builder(port).build(), secret);
    }

    /** Streams on a connection that is used for other calls too. It stays open when this is closed. */
    public static ProxyClient beside(GatewayClient others, String secret) {
        return new ProxyClient(events -> new GrpcSshWire(others.channel(), credentials(secret), events), () -> {});
    }

    private static NettyChannelBuilder builder(int port) {
        return NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().flowControlWindow(STREAM_WINDOW_BYTES);
    }

    private static ProxyClient of(ManagedChannel channel, String secret) {
        Metadata credentials = credentials(secret);
        return new ProxyClient(events -> new GrpcSshWire(channel, credentials, events), () -> close(channel));
    }

    private static Metadata credentials(String secret) {
        Metadata credentials = new Metadata();
        credentials.put(GatewayClient.API_SECRET, secret);
        return credentials;
    }

    /** The same over the Connect protocol. */
    public static ProxyClient connect(int port, String secret) {
        return ofConnectClient(port, secret, StreamProtocol.CONNECT);
    }

    /** gRPC by the client of {@link #connect}, for comparisons. */
    public static ProxyClient grpcByConnectsClient(int port, String secret) {
        return ofConnectClient(port, secret, StreamProtocol.GRPC);
    }

    /** gRPC by that client, which stays open when this is closed. */
    public static ProxyClient grpcBy(ConnectClient client) {
        return new ProxyClient(events -> new ConnectSshWire(client, StreamProtocol.GRPC, events), () -> {});
    }

    private static ProxyClient ofConnectClient(int port, String secret, StreamProtocol protocol) {
        ConnectClient client = new ConnectClient(URI.create("http://127.0.0.1:" + port), secret);
        return new ProxyClient(events -> new ConnectSshWire(client, protocol, events), client::close);
    }

    /** A call without the comfort of a {@link ProxyStream}, for whom speed counts. */
    public SshWire open(SshWire.Events events) {
        return opener.apply(events);
    }

    public ProxyStream stream() {
        return new ProxyStream(opener, ProxyStream.Reading.AT_ONCE);
    }

    /** A stream that gets nothing until {@link ProxyStream#read} is called. */
    public ProxyStream unreadStream() {
        return new ProxyStream(opener, ProxyStream.Reading.WHEN_TOLD);
    }

    private static void close(ManagedChannel channel) {
        channel.shutdownNow();
        try {
            channel.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Breaks all its streams. */
    @Override
    public void close() {
        closer.run();
    }
}
