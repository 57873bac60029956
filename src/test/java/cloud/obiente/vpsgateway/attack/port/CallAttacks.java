package cloud.obiente.vpsgateway.attack.port;

import static cloud.obiente.vpsgateway.attack.port.PortAttack.busy;
import static cloud.obiente.vpsgateway.attack.port.PortAttack.holding;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.frame;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.post;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.together;

import cloud.obiente.vpsgateway.attack.port.PortAttack.Say;
import cloud.obiente.vpsgateway.attack.port.PortAttack.Target;
import cloud.obiente.vpsgateway.lab.Http2Peer;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/** Abuse of gRPC, Connect, gRPC-Web and HTTP/1.1, and of connections as such, by somebody without the secret. */
final class CallAttacks {
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final String CHECK = "/grpc.health.v1.Health/Check";
    private static final String WATCH = "/grpc.health.v1.Health/Watch";
    private static final String REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
    private static final Map<String, String> GRPC = Map.of("content-type", "application/grpc", "te", "trailers");
    private static final byte[] EMPTY_MESSAGE = new byte[5];
    private static final Say PREFACE = UnauthenticatedConnection::preface;
    private static final Say NOTHING = connection -> {};
    private static final String HALF_HEAD =
            "POST " + Http2Attacks.LIST + " HTTP/1.1\r\nHost: gateway\r\nX-Padding: " + "x".repeat(7_000);

    private CallAttacks() {}

    static Stream<PortAttack> all() {
        return Stream.of(
                holding("connections of HTTP/2 that say nothing more", Target.CALLS, PREFACE),
                holding("the same on the management port", Target.MANAGEMENT, PREFACE),
                holding("connections that say nothing", Target.CALLS, NOTHING),
                holding("the same on the management port, silent", Target.MANAGEMENT, NOTHING),
                holding("half heads of HTTP/1.1", Target.CALLS, c -> c.say(HALF_HEAD)),
                holding("half heads on the management port", Target.MANAGEMENT, c -> c.say(HALF_HEAD)),
                holding("half a preface", Target.CALLS, c -> c.say("PRI * HT")),
                holding("half a TLS greeting", Target.CALLS, c -> c.say("\26\3\1\2\0\1\0\1\374\3\3")),
                holding("health watched for ever, one call each", Target.CALLS, c -> {
                    c.preface();
                    c.say(together(
                            post(END_HEADERS, 1, WATCH, GRPC), frame(Http2Peer.DATA, END_STREAM, 1, EMPTY_MESSAGE)));
                }),
                busy("connections opened and closed", "", NOTHING, c -> {
                    c.close();
                    throw new java.io.IOException("closed");
                }),
                busy("guesses at the secret", "", PREFACE, c -> {
                    c.say(post(
                            END_HEADERS | END_STREAM,
                            c.newStream(),
                            Http2Attacks.LIST,
                            Map.of(
                                    "content-type",
                                    "application/grpc",
                                    "x-api-secret",
                                    Long.toHexString(ThreadLocalRandom.current().nextLong()))));
                    c.hear();
                }),
                busy(
                        "calls without the secret",
                        "",
                        PREFACE,
                        c -> c.say(post(END_HEADERS | END_STREAM, c.newStream(), Http2Attacks.LIST, GRPC))),
                busy("Watch opened over and over", "", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, WATCH, GRPC),
                            frame(Http2Peer.DATA, END_STREAM, stream, EMPTY_MESSAGE)));
                }),
                busy("Watch opened and cancelled", "", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, WATCH, GRPC),
                            frame(Http2Peer.DATA, END_STREAM, stream, EMPTY_MESSAGE),
                            frame(Http2Peer.RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8})));
                }),
                busy("health asked without a pause", "", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, CHECK, GRPC),
                            frame(Http2Peer.DATA, END_STREAM, stream, EMPTY_MESSAGE)));
                }),
                busy("a message of four gigabytes announced", "", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, CHECK, GRPC),
                            frame(Http2Peer.DATA, 0, stream, new byte[] {0, -1, -1, -1, -1})));
                }),
                busy("a gzip bomb", "", PREFACE, c -> {
                    int stream = c.newStream();
                    byte[] bomb = Bombs.gzip(8 << 20);
                    byte[] framed = java.nio.ByteBuffer.allocate(bomb.length + 5)
                            .put((byte) 1)
                            .putInt(bomb.length)
                            .put(bomb)
                            .array();
                    c.say(together(
                            post(
                                    END_HEADERS,
                                    stream,
                                    CHECK,
                                    Map.of("content-type", "application/grpc", "grpc-encoding", "gzip")),
                            frame(Http2Peer.DATA, END_STREAM, stream, framed)));
                }),
                busy(
                        "deadlines of a nanosecond",
                        "",
                        PREFACE,
                        c -> c.say(post(
                                END_HEADERS,
                                c.newStream(),
                                WATCH,
                                Map.of("content-type", "application/grpc", "grpc-timeout", "1n")))),
                busy(
                        "reflection without the secret",
                        "",
                        PREFACE,
                        c -> c.say(post(END_HEADERS, c.newStream(), REFLECTION, GRPC))),
                busy(
                        "methods that there are not, with long names",
                        "",
                        PREFACE,
                        c -> c.say(post(END_HEADERS | END_STREAM, c.newStream(), "/" + "x".repeat(100), GRPC))),
                busy("gRPC-Web: text that is no base64", "", NOTHING, c -> {
                    c.say("POST " + CHECK + " HTTP/1.1\r\nHost: g\r\nContent-Type: application/grpc-web-text\r\n"
                            + "Content-Length: 1000\r\n\r\n" + "?".repeat(1000));
                    c.hear();
                }),
                busy(
                        "gRPC-Web: a body without end",
                        "",
                        c -> c.say(
                                "POST " + CHECK
                                        + " HTTP/1.1\r\nHost: g\r\nContent-Type: application/grpc-web\r\nTransfer-Encoding: chunked\r\n\r\n"),
                        c -> c.say("1\r\n\0\r\n")),
                busy("Connect: JSON, a thousand levels deep", "", NOTHING, c -> {
                    String json = "{\"service\":" + "[".repeat(500) + "]".repeat(500) + "}";
                    c.say("POST " + CHECK + " HTTP/1.1\r\nHost: g\r\nContent-Type: application/json\r\nContent-Length: "
                            + json.length() + "\r\n\r\n" + json);
                    c.hear();
                }),
                busy("Connect: a query that is all of the request", "", NOTHING, c -> {
                    c.say("GET " + CHECK + "?encoding=json&base64=1&compression=gzip&message=" + "A".repeat(3_500)
                            + " HTTP/1.1\r\nHost: g\r\n\r\n");
                    c.hear();
                }),
                busy(
                        "HTTP/1.1: answers unread (pipelining)",
                        "",
                        NOTHING,
                        c -> c.say("GET /nothing HTTP/1.1\r\nHost: g\r\n\r\n".repeat(50))),
                busy(
                        "HTTP/1.1: chunk extensions without end",
                        "CVE-2023-39326",
                        c -> c.say("POST /nothing HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n1"),
                        c -> c.say(";extension=" + "x".repeat(1_000))),
                busy(
                        "HTTP/1.1: trailers without end",
                        "CVE-2023-46589",
                        c -> c.say("POST /nothing HTTP/1.1\r\nHost: g\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"),
                        c -> c.say("X-Trailer: " + "x".repeat(1_000) + "\r\n")),
                busy("HTTP/1.1: a request inside another (smuggling)", "CVE-2025-58056", NOTHING, c -> {
                    c.say(
                            "POST /nothing HTTP/1.1\r\nHost: g\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n");
                    c.say("0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: g\r\n\r\n");
                    c.hear();
                }),
                busy("HTTP/1.1: upgraded to HTTP/2 over and over", "", NOTHING, c -> {
                    c.say(
                            "GET /nothing HTTP/1.1\r\nHost: g\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n");
                    c.say("HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
                    c.hear();
                    c.say("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
                    throw new java.io.IOException("the next one");
                }),
                new PortAttack(
                        "metrics asked for without a pause",
                        "",
                        Target.MANAGEMENT,
                        NOTHING,
                        c -> {
                            c.say("GET /metrics HTTP/1.1\r\nHost: g\r\n\r\n");
                            c.hear();
                        },
                        PortAttack.AwaitTimeouts.BUSY));
    }
}
