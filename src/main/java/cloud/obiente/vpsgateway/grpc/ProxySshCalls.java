package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.grpc.connect.CallLevelMethod;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.quarkus.netty.MainEventLoopGroup;
import jakarta.inject.Singleton;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** ProxySSH, at the level of the call, because each message of the caller has to be asked for. Stateless. */
@Singleton
public class ProxySshCalls implements CallLevelMethod<ProxySSHRequest, ProxySSHResponse> {
    private final Tunnels tunnels;
    private final EventLoopGroup loops;
    private final int windowBytes;

    /**
     * @param loops those on which calls are served
     * @param windowBytes what HTTP/2 lets a stream send before it is read
     */
    ProxySshCalls(
            Tunnels tunnels,
            @MainEventLoopGroup EventLoopGroup loops,
            @ConfigProperty(name = "quarkus.http.initial-window-size") int windowBytes) {
        this.tunnels = tunnels;
        this.loops = loops;
        this.windowBytes = windowBytes;
    }

    @Override
    public MethodDescriptor<ProxySSHRequest, ProxySSHResponse> method() {
        return VPSGatewayServiceGrpc.getProxySSHMethod();
    }

    @Override
    public ServerCall.Listener<ProxySSHRequest> startCall(
            ServerCall<ProxySSHRequest, ProxySSHResponse> call, Metadata headers) {
        return ProxySshCall.begin(call, windowBytes, tunnels, CallerInterceptor.current(), currentLoop());
    }

    /** The call is served on one of Vert.x' event loops, and its sockets belong on the same. */
    private EventLoop currentLoop() {
        return StreamSupport.stream(loops.spliterator(), false)
                .filter(executor -> executor.inEventLoop() && executor instanceof EventLoop)
                .map(EventLoop.class::cast)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("a call outside of the event loops"));
    }
}
