package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;

/** ProxySSH over gRPC. */
final class GrpcSshWire implements SshWire {
    private final ClientCall<ProxySSHRequest, ProxySSHResponse> call;

    GrpcSshWire(Channel channel, Metadata credentials, Events events) {
        // Starting a call writes to its metadata.
        Metadata own = new Metadata();
        own.merge(credentials);
        call = channel.newCall(VPSGatewayServiceGrpc.getProxySSHMethod(), CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(ProxySSHResponse message) {
                        events.onMessage(message);
                    }

                    @Override
                    public void onReady() {
                        events.onReady();
                    }

                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        events.onEnd(status);
                    }
                },
                own);
    }

    @Override
    public void send(ProxySSHRequest message) {
        call.sendMessage(message);
    }

    @Override
    public boolean isReady() {
        return call.isReady();
    }

    @Override
    public void request(int messages) {
        call.request(messages);
    }

    @Override
    public void halfClose() {
        call.halfClose();
    }

    @Override
    public void cancel() {
        call.cancel("test", null);
    }
}
