package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.FakeVps;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VpsWriterTest {
    private static final int SINGLE_BYTES = 50_000;

    private final NioEventLoopGroup loops = new NioEventLoopGroup(1);
    private final BufferedBytes held = new BufferedBytes(64 << 20);
    private final VpsWriter output = new VpsWriter(held, taken -> {});

    @AfterEach
    void stop() {
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void singleBytesForAVpsThatDoesNotReadAreFewWrites() throws Exception {
        CompletableFuture<Void> reads = new CompletableFuture<>();
        CompletableFuture<Long> got = new CompletableFuture<>();
        try (FakeVps vps = new FakeVps(socket -> {
            reads.join();
            got.complete(socket.getInputStream().transferTo(OutputStream.nullOutputStream()));
        })) {
            Channel socket = connect(vps.port());
            long sent = loops.submit(() -> fill(socket)).get();
            assertThat(held.now()).isGreaterThanOrEqualTo(SINGLE_BYTES);

            reads.complete(null);
            loops.submit(output::finish).get();
            assertThat(got.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
            assertThat(held.now()).isZero();
        }
    }

    private long fill(Channel socket) {
        output.open(socket);
        long sent = 0;
        while (output.isEmpty()) {
            output.send(ByteBuffer.allocate(32 << 10));
            sent += 32 << 10;
        }
        for (int i = 0; i < SINGLE_BYTES; i++) {
            output.send(ByteBuffer.allocate(1));
        }
        assertThat(socket.unsafe().outboundBuffer().size()).isLessThanOrEqualTo(8);
        return sent + SINGLE_BYTES;
    }

    private Channel connect(int port) {
        return new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .handler(new ChannelInboundHandlerAdapter())
                .connect("127.0.0.1", port)
                .syncUninterruptibly()
                .channel();
    }
}
