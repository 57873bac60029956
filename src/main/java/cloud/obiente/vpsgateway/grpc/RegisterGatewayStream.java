package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import cloud.obiente.vpsgateway.apilink.LinkEvents;
import cloud.obiente.vpsgateway.apilink.LinkTransport;
import cloud.obiente.vpsgateway.grpc.connect.CallLevelMethod;
import cloud.obiente.vpsgateway.grpc.connect.PeerPings;
import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.VPSGatewayServiceGrpc;
import io.grpc.Context;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Optional;

/** RegisterGateway: each call becomes a link. Stateless. */
@Singleton
public class RegisterGatewayStream implements CallLevelMethod<GatewayMessage, GatewayMessage> {
    private final ApiLinkRegistry links;

    RegisterGatewayStream(ApiLinkRegistry links) {
        this.links = links;
    }

    @Override
    public MethodDescriptor<GatewayMessage, GatewayMessage> method() {
        return VPSGatewayServiceGrpc.getRegisterGatewayMethod();
    }

    @Override
    public ServerCall.Listener<GatewayMessage> startCall(
            ServerCall<GatewayMessage, GatewayMessage> call, Metadata headers) {
        call.sendHeaders(new Metadata());
        return new CallListener(links.open(new StreamTransport(call, CallerInterceptor.current())));
    }

    private static final class CallListener extends ServerCall.Listener<GatewayMessage> {
        private final LinkEvents link;

        CallListener(LinkEvents link) {
            this.link = link;
        }

        @Override
        public void onMessage(GatewayMessage message) {
            link.received(message);
        }

        @Override
        public void onReady() {
            link.writable();
        }

        @Override
        public void onHalfClose() {
            link.left();
        }

        @Override
        public void onCancel() {
            Throwable cause = Context.current().cancellationCause();
            link.lost(Optional.ofNullable(cause)
                    .map(Status::fromThrowable)
                    .map(status -> status.getCode() + ": " + status.getDescription())
                    .orElse("the call was cancelled"));
        }
    }

    /** Used on one thread at a time, as calls have to be. */
    private static final class StreamTransport implements LinkTransport {
        private final ServerCall<GatewayMessage, GatewayMessage> call;
        private final Caller peer;
        private final String host;
        private final PeerPings pings;
        private boolean ended;

        StreamTransport(ServerCall<GatewayMessage, GatewayMessage> call, Caller peer) {
            this.call = call;
            this.peer = peer;
            this.host = host(call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR));
            this.pings = call.getAttributes().get(PeerPings.OF_CONNECTION);
        }

        @Override
        public Caller peer() {
            return peer;
        }

        private static String host(SocketAddress remote) {
            return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                    ? inet.getAddress().getHostAddress()
                    : "";
        }

        @Override
        public String host() {
            return host;
        }

        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(GatewayMessage message) {
            if (!ended) {
                call.sendMessage(message);
            }
        }

        @Override
        public void requestOne() {
            if (!ended) {
                call.request(1);
            }
        }

        @Override
        public long pings() {
            return pings == null ? 0 : pings.count();
        }

        @Override
        public boolean probe() {
            if (ended || pings == null) {
                return false;
            }
            pings.ping();
            return true;
        }

        @Override
        public void end(LinkCloseReason end) {
            if (ended) {
                return;
            }
            ended = true;
            if (end.cause().isOrderly()) {
                call.close(Status.OK, new Metadata());
            } else {
                StatusRuntimeException failure = StatusMapper.of(end);
                Metadata trailers = failure.getTrailers();
                call.close(failure.getStatus(), trailers == null ? new Metadata() : trailers);
            }
        }
    }
}
