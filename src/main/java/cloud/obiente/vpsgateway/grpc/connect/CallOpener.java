package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Turns an HTTP request whose protocol and method are known into a call, or into that protocol's refusal. Immutable but for the count of large requests. */
final class CallOpener {
    private final RpcSettings settings;
    private final ScheduledExecutorService timer;
    private final LargeRequests large = new LargeRequests();
    private final MessageCodec proto = new ProtoCodec();
    private final MessageCodec json;
    private final Map<MediaType.Kind, WireProtocol> protocols = new EnumMap<>(Map.of(
            MediaType.Kind.GRPC, new GrpcProtocol(),
            MediaType.Kind.GRPC_WEB, GrpcWebProtocol.binary(),
            MediaType.Kind.GRPC_WEB_TEXT, GrpcWebProtocol.text(),
            MediaType.Kind.CONNECT_STREAM, new ConnectStreamProtocol(),
            MediaType.Kind.CONNECT_UNARY, new ConnectUnaryProtocol()));

    CallOpener(ServiceCatalog services, RpcSettings settings, ScheduledExecutorService timer) {
        this.settings = settings;
        this.timer = timer;
        this.json = new JsonCodec(services.types());
    }

    /** A call whose messages are in the body. */
    void open(HttpServerRequest request, ServerMethodDefinition<?, ?> method, MediaType media) {
        start(request, method, media, head -> head, head -> protocols
                .get(media.kind())
                .reader(head.compression(), settings.maxMessageBytes(method.getMethodDescriptor())));
    }

    /** A call whose message is in the query. */
    void openQuery(HttpServerRequest request, ServerMethodDefinition<?, ?> method, MediaType media) {
        MultiMap parameters = QueryCall.parameters(request);
        start(
                request,
                method,
                media,
                head -> head.withCompression(QueryCall.compression(parameters)),
                head -> QueryCall.reader(parameters, settings.maxMessageBytes(method.getMethodDescriptor())));
    }

    private <Q, A> void start(
            HttpServerRequest request,
            ServerMethodDefinition<Q, A> target,
            MediaType media,
            Function<RequestHead, RequestHead> refinement,
            Function<RequestHead, MessageReader> readers) {
        StreamErrorGuard.protect(request.connection());
        WireProtocol protocol = protocols.get(media.kind());
        ResponseWriter writer = protocol.writer(request, media.name());
        MethodDescriptor<Q, A> method = target.getMethodDescriptor();
        try {
            RequestHead head = refinement.apply(RequestHead.read(request.headers(), protocol));
            HttpExchange exchange = new HttpExchange(
                    request,
                    Vertx.currentContext(),
                    head,
                    media.json() ? json : proto,
                    readers.apply(head),
                    writer,
                    method.getType().clientSendsOneMessage(),
                    large);
            new HttpServerCall<>(method, exchange, context(head)).start(target.getServerCallHandler());
        } catch (StatusRuntimeException refused) {
            refuse(request, writer, refused.getStatus());
        }
    }

    private Context.CancellableContext context(RequestHead head) {
        return head.timeout()
                .map(timeout -> Context.ROOT.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS, timer))
                .orElseGet(Context.ROOT::withCancellation);
    }

    /** Ends a request that never became a call. */
    void refuse(HttpServerRequest request, MediaType media, Status status) {
        refuse(request, protocols.get(media.kind()).writer(request, media.name()), status);
    }

    private static void refuse(HttpServerRequest request, ResponseWriter writer, Status status) {
        writer.writeEnd(Optional.empty(), status, new Metadata()).onComplete(result -> {
            if (request.version() == HttpVersion.HTTP_2 && !request.isEnded()) {
                request.response().reset(RequestBody.NO_ERROR);
            }
        });
    }
}
