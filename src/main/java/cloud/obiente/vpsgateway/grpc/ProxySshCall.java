package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.OutboundBacklog;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ssh.CallerStream;
import cloud.obiente.vpsgateway.ssh.TunnelStream;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;

/** One ProxySSH call: messages become calls of a {@link TunnelStream}, and its answers messages. On its event loop. */
final class ProxySshCall extends ServerCall.Listener<ProxySSHRequest> implements CallerStream {
    private final ServerCall<ProxySSHRequest, ProxySSHResponse> call;
    private final OutboundBacklog backlog;
    private final int windowBytes;
    private TunnelStream tunnels;
    private boolean ended;

    private ProxySshCall(ServerCall<ProxySSHRequest, ProxySSHResponse> call, int windowBytes) {
        this.call = call;
        this.windowBytes = windowBytes;
        this.backlog = call.getAttributes().get(OutboundBacklog.KEY);
    }

    static ProxySshCall begin(
            ServerCall<ProxySSHRequest, ProxySSHResponse> call,
            int windowBytes,
            Tunnels tunnels,
            Caller who,
            EventLoop loop) {
        ProxySshCall begun = new ProxySshCall(call, windowBytes);
        begun.tunnels = tunnels.open(who, begun, loop);
        begun.backlog.onShrunk(begun.tunnels::callerTook);
        call.sendHeaders(new Metadata());
        call.request(1);
        return begun;
    }

    @Override
    public void onMessage(ProxySSHRequest message) {
        if (ended) {
            return;
        }
        String id = message.getConnectionId();
        switch (message.getType()) {
            case "connect" -> tunnels.connect(id, message.getTarget(), message.getPort(), message.getSshPublicKey());
            case "data" -> tunnels.data(id, bytesOf(message));
            case "close" -> tunnels.close(id);
            default -> refuse(message.getType());
        }
    }

    /** They share the message's memory, unless most of that is about something else and would be held with them. */
    private static ByteBuffer bytesOf(ProxySSHRequest message) {
        ByteString data = message.getData();
        return 2L * data.size() < message.getSerializedSize()
                ? ByteBuffer.wrap(data.toByteArray())
                : data.asReadOnlyByteBuffer();
    }

    private void refuse(String type) {
        end(StatusMapper.unknownType(type));
        tunnels.abandon("the caller broke the protocol");
    }

    @Override
    public void onHalfClose() {
        tunnels.finish();
    }

    @Override
    public void onReady() {
        tunnels.callerTook();
    }

    @Override
    public void onCancel() {
        ended = true;
        tunnels.abandon("the caller's stream broke");
    }

    @Override
    public void connected(String id) {
        send(ProxySSHResponse.newBuilder().setConnectionId(id).setType("connected"));
    }

    @Override
    public void data(String id, byte[] bytes) {
        send(ProxySSHResponse.newBuilder()
                .setConnectionId(id)
                .setType("data")
                .setData(UnsafeByteOperations.unsafeWrap(bytes)));
    }

    @Override
    public void failed(String id, String reason) {
        send(ProxySSHResponse.newBuilder().setConnectionId(id).setType("error").setError(reason));
    }

    @Override
    public void closed(String id, String reason) {
        send(ProxySSHResponse.newBuilder().setConnectionId(id).setType("closed").setError(reason));
    }

    private void send(ProxySSHResponse.Builder message) {
        if (!ended) {
            call.sendMessage(message.build());
        }
    }

    @Override
    public void askForOne() {
        if (!ended) {
            call.request(1);
        }
    }

    @Override
    public void complete() {
        end(Status.OK);
    }

    private void end(Status status) {
        if (!ended) {
            ended = true;
            call.close(status, new Metadata());
        }
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public int windowBytes() {
        return windowBytes;
    }

    @Override
    public int backlogBytes() {
        return backlog.bytes();
    }
}
