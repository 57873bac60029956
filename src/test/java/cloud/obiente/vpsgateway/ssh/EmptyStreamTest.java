package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.ipam.IpamSnapshot;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ops.SshMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that nobody will ever use again, on a loop whose clock the test moves. */
class EmptyStreamTest {
    private static final Duration ALMOST = SshSettings.EMPTY_STREAM_TIMEOUT.minusSeconds(1);
    private static final Duration REST = Duration.ofSeconds(1);
    private static final IpamSnapshot ALLOCATIONS = Allocations.snapshot();

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final CompletableFuture<Optional<Ipv4Address>> dnsAnswer = new CompletableFuture<>();
    private long now;
    private final Tunnels tunnels = LoopbackTunnels.open(
            LoopbackTunnels.settings(
                    new SshSettings.Limits(10, 10, 10, 1 << 20), Optional.empty(), Duration.ofSeconds(1)),
            () -> ALLOCATIONS,
            new SshMeters(new SimpleMeterRegistry(), () -> ALLOCATIONS),
            new LoopbackTunnels.Records(),
            name -> dnsAnswer,
            () -> now);
    private final Heard heard = new Heard();
    private final TunnelStream stream = tunnels.open(Caller.of("test"), heard, loop.eventLoop());

    EmptyStreamTest() {
        loop.freezeTime();
    }

    @AfterEach
    void nothingIsScheduledForAStreamThatIsOver() {
        stream.abandon("the test is over");
        loop.unfreezeTime();
        assertThat(loop.runScheduledPendingTasks()).isEqualTo(-1);
        assertThat(tunnels.streams()).isZero();
    }

    @Test
    void aStreamOnWhichNothingEverCameEnds() {
        pass(ALMOST);
        assertThat(heard.ends).isZero();
        pass(REST);
        assertThat(heard.ends).isEqualTo(1);
        assertThat(tunnels.streams()).isZero();
    }

    @Test
    void aStreamWhoseConnectWasRefusedEnds() {
        stream.connect("a", "192.0.2.1", 22, "");
        assertThat(heard.failures).hasSize(1);
        pass(ALMOST);
        assertThat(heard.ends).isZero();
        pass(REST);
        assertThat(heard.ends).isEqualTo(1);
    }

    @Test
    void theMinuteBeginsAnewWithEachWordOfTheCaller() {
        pass(ALMOST);
        stream.data("nobody", ByteBuffer.allocate(1));
        pass(ALMOST);
        assertThat(heard.ends).isZero();
        pass(REST);
        assertThat(heard.ends).isEqualTo(1);
    }

    @Test
    void aStreamWithATunnelIsLeftAloneAndItsMinuteBeginsWithTheTunnelsEnd() {
        pass(ALMOST);
        stream.connect("a", "vps-1", 22, "");
        pass(Duration.ofHours(1));
        assertThat(heard.ends).isZero();

        dnsAnswer.complete(Optional.empty());
        assertThat(heard.failures).containsExactly("vps-1 has no address on this gateway");
        pass(ALMOST);
        assertThat(heard.ends).isZero();
        pass(REST);
        assertThat(heard.ends).isEqualTo(1);
    }

    private void pass(Duration time) {
        now += time.toNanos();
        loop.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        loop.runScheduledPendingTasks();
    }

    private static final class Heard implements CallerStream {
        private final List<String> failures = new ArrayList<>();
        private int ends;

        @Override
        public void connected(String id) {}

        @Override
        public void data(String id, byte[] bytes) {}

        @Override
        public void failed(String id, String reason) {
            failures.add(reason);
        }

        @Override
        public void closed(String id, String reason) {}

        @Override
        public void askForOne() {}

        @Override
        public void complete() {
            ends++;
        }

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public int backlogBytes() {
            return 0;
        }
    }
}
