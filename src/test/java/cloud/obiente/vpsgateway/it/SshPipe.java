package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.concurrent.Semaphore;

/** A ProxyCommand for ssh: standard input and output are a VPS's port, reached through ProxySSH. */
public final class SshPipe extends ClientCall.Listener<ProxySSHResponse> {
    private static final int PIECE_BYTES = 32 << 10;

    private final ClientCall<ProxySSHRequest, ProxySSHResponse> call;
    private final PrintStream out;
    private final Semaphore ready = new Semaphore(0);

    private SshPipe(ClientCall<ProxySSHRequest, ProxySSHResponse> call, PrintStream out) {
        this.call = call;
        this.out = out;
    }

    /** @param arguments address and port of the gateway, its secret, target, port of the target */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        ManagedChannel channel = NettyChannelBuilder.forAddress(arguments[0], Integer.parseInt(arguments[1]))
                .usePlaintext()
                .build();
        Metadata secret = new Metadata();
        secret.put(Metadata.Key.of("x-api-secret", Metadata.ASCII_STRING_MARSHALLER), arguments[2]);
        SshPipe pipe = new SshPipe(
                channel.newCall(VPSGatewayServiceGrpc.getProxySSHMethod(), CallOptions.DEFAULT), System.out);
        pipe.run(secret, arguments[3], Integer.parseInt(arguments[4]), System.in);
    }

    private void run(Metadata secret, String target, int port, InputStream in)
            throws IOException, InterruptedException {
        call.start(this, secret);
        call.request(1);
        call.sendMessage(message("connect").setTarget(target).setPort(port).build());
        byte[] buffer = new byte[PIECE_BYTES];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            while (!call.isReady()) {
                ready.acquire();
            }
            call.sendMessage(
                    message("data").setData(ByteString.copyFrom(buffer, 0, n)).build());
        }
        call.halfClose();
    }

    private static ProxySSHRequest.Builder message(String type) {
        return ProxySSHRequest.newBuilder().setConnectionId("ssh").setType(type);
    }

    @Override
    public void onReady() {
        ready.release();
    }

    @Override
    public void onMessage(ProxySSHResponse message) {
        switch (message.getType()) {
            case "connected" -> {}
            case "data" -> {
                out.writeBytes(message.getData().toByteArray());
                out.flush();
            }
            default ->
                exit(
                        message.getType() + " " + message.getError(),
                        message.getType().equals("closed") ? 0 : 1);
        }
        call.request(1);
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        exit(status.toString(), status.isOk() ? 0 : 1);
    }

    private static void exit(String why, int code) {
        if (code != 0) {
            System.err.println("ProxySSH: " + why);
        }
        Runtime.getRuntime().halt(code);
    }
}
