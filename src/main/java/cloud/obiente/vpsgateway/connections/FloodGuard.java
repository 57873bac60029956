package cloud.obiente.vpsgateway.connections;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The first of a connection's handlers: reads the heads of HTTP/2 frames as they come off the wire, and lets nothing pass
 * any more once there were too many of a kind. Lives on the connection's event loop.
 */
final class FloodGuard extends ChannelDuplexHandler {
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int RST_STREAM = 3;
    private static final int RST_STREAM_BYTES = 13;
    private static final int TYPE_OFFSET = 3;

    /** Twice as many as there may be calls without the secret, each of which may leave a body unsent. */
    private static final int MAX_RESETS_OF_OURS = 80;

    private static final String RESETS_OF_OURS = "streams that had to be reset";
    private static final int GOAWAY = 7;
    private static final int GOAWAY_BYTES = 8;

    /** For the GOAWAY to arrive: a socket that is closed with bytes unread takes back what it has sent. */
    private static final long LINGER_MILLIS = 500;

    private static final String EARLY_BYTES = "bytes before the preface";
    private static final int PIECE_BYTES = 1 << 10;

    private enum Protocol {
        /** The bytes so far may be the preface's. */
        UNKNOWN,
        HTTP1,
        /** HTTP/1.1 has been left for HTTP/2 (RFC 7540 section 3.2): nothing but the preface may come. */
        UPGRADED,
        HTTP2
    }

    private final FrameBudget budget;
    private final FrameReader frames = new FrameReader();
    private final Consumer<String> onFlood;
    private Protocol protocol = Protocol.UNKNOWN;
    private int prefaceBytes;
    private int lastStream;
    private int resetsOfOurs;
    private Optional<String> excess = Optional.empty();
    private boolean isWide;
    private boolean isCut;

    /** @param onFlood is told what there was too much of, once; and then {@link #cut} is to be called */
    FloodGuard(LongSupplier nanoTime, Consumer<String> onFlood) {
        this.budget = new FrameBudget(nanoTime);
        this.onFlood = onFlood;
    }

    /** The connection has shown the secret. */
    void widen() {
        isWide = true;
        budget.widen();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            try {
                pass(context, bytes);
            } finally {
                bytes.release();
            }
        } else {
            context.fireChannelRead(message);
        }
    }

    /** That of an unauthenticated peer in small pieces: one read can hold a thousand calls, and the first few may be too many. */
    private void pass(ChannelHandlerContext context, ByteBuf bytes) {
        while (bytes.isReadable() && !isCut) {
            noticeUpgrade(context);
            int piece = isWide ? bytes.readableBytes() : Math.min(PIECE_BYTES, bytes.readableBytes());
            ByteBuf next = bytes.readRetainedSlice(piece);
            look(next);
            if (excess.isPresent()) {
                next.release();
                onFlood.accept(excess.get());
                return;
            }
            context.fireChannelRead(next);
            if (context.isRemoved() && bytes.isReadable()) {
                onFlood.accept(EARLY_BYTES);
                return;
            }
        }
    }

    /** What is no request never becomes a call, and costs an exception each: the codec's answer is what shows it. */
    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
        boolean isReset = !isWide && message instanceof ByteBuf frame && isReset(frame);
        // Whoever writes hears of the end by the promise.
        ChannelFuture unused = context.write(message, promise);
        if (isReset && ++resetsOfOurs == MAX_RESETS_OF_OURS) {
            // Not within the codec that is writing.
            context.executor().execute(() -> onFlood.accept(RESETS_OF_OURS));
        }
    }

    private boolean isReset(ByteBuf frame) {
        return protocol == Protocol.HTTP2
                && frame.readableBytes() == RST_STREAM_BYTES
                && frame.getByte(frame.readerIndex() + TYPE_OFFSET) == RST_STREAM;
    }

    /** Vert.x removes all handlers but its own when it upgrades a connection, so that it would not be guarded any more. */
    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        if (context.channel().isActive()) {
            context.pipeline().addFirst(this);
        }
    }

    /** So that it can be put back; it is never shared. */
    @Override
    public boolean isSharable() {
        return true;
    }

    private void noticeUpgrade(ChannelHandlerContext context) {
        if (protocol == Protocol.HTTP1 && context.pipeline().get(Http2ConnectionHandler.class) != null) {
            protocol = Protocol.UPGRADED;
            prefaceBytes = 0;
        }
    }

    private void look(ByteBuf bytes) {
        int at = bytes.readerIndex();
        while ((protocol == Protocol.UNKNOWN || protocol == Protocol.UPGRADED) && at < bytes.writerIndex()) {
            if (bytes.getByte(at++) != PREFACE[prefaceBytes++]) {
                excess = protocol == Protocol.UPGRADED ? Optional.of(EARLY_BYTES) : Optional.empty();
                protocol = Protocol.HTTP1;
            } else if (prefaceBytes == PREFACE.length) {
                protocol = Protocol.HTTP2;
            }
        }
        if (protocol == Protocol.HTTP2) {
            frames.read(bytes, at, this::count);
        }
    }

    private void count(int type, int length, int stream) {
        lastStream = Math.max(lastStream, stream);
        if (excess.isEmpty()) {
            excess = budget.take(type, length);
        }
    }

    /**
     * Says so to an HTTP/2 peer (RFC 9113 section 7, ENHANCE_YOUR_CALM), hears nothing more, and closes the connection.
     *
     * @param why for people: clients of gRPC show it as the debug data of the end
     */
    void cut(ChannelHandlerContext context, String why) {
        if (isCut) {
            return;
        }
        isCut = true;
        context.channel().config().setAutoRead(false);
        if (protocol == Protocol.HTTP2) {
            // What could not be written needs no end of its own: the connection is broken then.
            context.writeAndFlush(goAway(why)).addListener(ignored -> {});
        }
        context.channel()
                .eventLoop()
                .schedule(
                        () -> context.channel().unsafe().close(context.channel().newPromise()),
                        protocol == Protocol.HTTP2 ? LINGER_MILLIS : 0,
                        TimeUnit.MILLISECONDS)
                .addListener(ignored -> {});
    }

    private ByteBuf goAway(String why) {
        byte[] text = why.getBytes(StandardCharsets.US_ASCII);
        return Unpooled.buffer()
                .writeMedium(GOAWAY_BYTES + text.length)
                .writeByte(GOAWAY)
                .writeByte(0)
                .writeInt(0)
                .writeInt(lastStream)
                .writeInt((int) Http2Error.ENHANCE_YOUR_CALM.code())
                .writeBytes(text);
    }
}
