package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A ProxySSH stream on which one connection after the other is asked for. What the VPSs say is not looked at. */
final class SshStream implements AutoCloseable {
    private static final long TIMEOUT_SECONDS = 60;

    private final BlockingQueue<ProxySSHResponse> answers = new LinkedBlockingQueue<>();
    private final StreamObserver<ProxySSHRequest> requests;
    private int connections;

    SshStream(GatewayClient client) {
        Metadata secret = new Metadata();
        secret.put(GatewayClient.API_SECRET, GatewayProcess.SECRET);
        requests = VPSGatewayServiceGrpc.newStub(client.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(secret))
                .proxySSH(new StreamObserver<>() {
                    @Override
                    public void onNext(ProxySSHResponse answer) {
                        answers.add(answer);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answers.add(ProxySSHResponse.newBuilder()
                                .setType("failure")
                                .setError(failure.toString())
                                .build());
                    }

                    @Override
                    public void onCompleted() {}
                });
    }

    /** The error that this target gives; "connected" when that is none. */
    String connect(String target) throws InterruptedException {
        return connect(target, 0);
    }

    /** The same on another port than SSH's. */
    String connect(String target, int port) throws InterruptedException {
        connections++;
        requests.onNext(ProxySSHRequest.newBuilder()
                .setConnectionId("c" + connections)
                .setType("connect")
                .setTarget(target)
                .setPort(port)
                .build());
        ProxySSHResponse answer = next();
        return answer.getType().equals("error") ? answer.getError() : answer.getType();
    }

    /** Why the next connection that is closed is closed. */
    String awaitClosed() throws InterruptedException {
        ProxySSHResponse answer = next();
        assertThat(answer.getType()).isEqualTo("closed");
        return answer.getError();
    }

    /** The next message that is not data. */
    private ProxySSHResponse next() throws InterruptedException {
        while (true) {
            ProxySSHResponse answer = answers.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            assertThat(answer).as("an answer within %d s", TIMEOUT_SECONDS).isNotNull();
            if (!answer.getType().equals("data")) {
                return answer;
            }
        }
    }

    @Override
    public void close() {
        requests.onCompleted();
    }
}
