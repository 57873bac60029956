package cloud.obiente.vpsgateway.grpc;

import cloud.obiente.vpsgateway.ipam.Caller;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.quarkus.grpc.GlobalInterceptor;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jboss.logging.Logger;

/** Remembers who calls, for the audit trail: the address, and the program as it names itself. */
@GlobalInterceptor
@ApplicationScoped
public class CallerInterceptor implements ServerInterceptor {
    private static final Logger LOG = Logger.getLogger(CallerInterceptor.class);
    private static final Context.Key<Caller> CALLER = Context.keyWithDefault("caller", Caller.of("unknown"));
    private static final Metadata.Key<String> USER_AGENT =
            Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER);

    /** The caller of the call that the current thread serves. */
    static Caller current() {
        return CALLER.get();
    }

    /** For a call that comes from elsewhere. */
    static Context contextOf(Caller caller) {
        return Context.ROOT.withValue(CALLER, caller);
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SocketAddress remote = call.getAttributes().get(Grpc.TRANSPORT_ATTR_REMOTE_ADDR);
        String host = remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "unknown";
        String agent = headers.get(USER_AGENT);
        Caller caller = Caller.of(agent == null ? host : host + " " + agent);
        LOG.debugf("%s by %s", call.getMethodDescriptor().getFullMethodName(), caller);
        return Contexts.interceptCall(Context.current().withValue(CALLER, caller), call, headers, next);
    }
}
