package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.ssh.BufferedBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** One window, and many that share a budget. */
class ReceiveWindowTest {
    private static final long BUDGET = 64 << 20;
    private static final int CHANNELS = 10_000;

    private final AtomicLong now = new AtomicLong();
    private final BufferedBytes held = new BufferedBytes(BUDGET);
    private final WindowBudget budget = new WindowBudget(BUDGET, CHANNELS, held);

    /** A channel with a client that sends whatever it may, and a VPS that takes it when it is told to. */
    private static final class Channel {
        private final ReceiveWindow window;
        private final BufferedBytes held;
        private int granted;
        private int untaken;

        private Channel(WindowBudget budget, BufferedBytes held, AtomicLong now) {
            this.window = new ReceiveWindow(budget, now::get);
            this.held = held;
        }

        private Channel open() {
            assertThat(window.enter()).isTrue();
            granted = window.open();
            return this;
        }

        private void send(int bytes) {
            assertThat(window.spend(bytes)).isTrue();
            window.arrived(bytes);
            held.add(bytes);
            granted -= bytes;
            untaken += bytes;
        }

        private int take(int bytes) {
            untaken -= bytes;
            held.add(-bytes);
            int more = window.taken(bytes);
            granted += more;
            return more;
        }

        private void sendAndTakeAll() {
            send(granted);
            take(untaken);
        }

        private int size() {
            return granted + untaken;
        }

        private void close() {
            held.add(-untaken);
            window.close();
        }
    }

    private Channel channel() {
        return new Channel(budget, held, now);
    }

    private Channel grown() {
        Channel channel = channel().open();
        for (int i = 0; i < 3; i++) {
            now.addAndGet(Duration.ofMillis(10).toNanos());
            channel.sendAndTakeAll();
        }
        return channel;
    }

    @Test
    void beginsSmallAndGrowsWithTheFirstRefills() {
        Channel channel = channel().open();
        assertThat(channel.size()).isEqualTo(ReceiveWindow.FIRST_BYTES);
        List<Integer> sizes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            now.addAndGet(Duration.ofMillis(10).toNanos());
            channel.sendAndTakeAll();
            sizes.add(channel.size());
        }
        assertThat(sizes).containsExactly(64 << 10, 128 << 10, 160 << 10, 160 << 10);
    }

    @Test
    void isRefilledWhenHalfOfItHasBeenTaken() {
        Channel channel = grown();
        channel.send(ReceiveWindow.MAX_BYTES);
        assertThat(channel.take(ReceiveWindow.MAX_BYTES / 2 - 1)).isZero();
        assertThat(channel.take(1)).isEqualTo(ReceiveWindow.MAX_BYTES / 2);
    }

    @Test
    void aVpsThatTakesNothingLeavesItClosed() {
        Channel channel = grown();
        channel.send(ReceiveWindow.MAX_BYTES);
        assertThat(channel.window.spend(1)).isFalse();
    }

    @Test
    void whatIsHardlyUsedComesDownToItsFirstSize() {
        Channel channel = grown();
        while (channel.size() > ReceiveWindow.FIRST_BYTES / 2 + 100) {
            now.addAndGet(Duration.ofSeconds(1).toNanos());
            channel.send(100);
            assertThat(channel.take(100)).isZero();
        }
        now.addAndGet(Duration.ofSeconds(1).toNanos());
        channel.send(100);
        assertThat(channel.take(100)).isPositive();
        assertThat(channel.size()).isEqualTo(ReceiveWindow.FIRST_BYTES);
    }

    @Test
    void theFirstOnesLeaveSomethingToTheNext() {
        for (int i = 0; i < 220; i++) {
            grown();
        }
        assertThat(grown().size()).isGreaterThan(2 * budget.minWindow());
    }

    @Test
    void thoseThatGoOnShareEqually() {
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            channels.add(grown());
        }
        for (int round = 0; round < 50; round++) {
            now.addAndGet(Duration.ofMillis(10).toNanos());
            channels.forEach(Channel::sendAndTakeAll);
        }
        assertThat(channels).allSatisfy(channel -> assertThat(channel.size()).isBetween(24 << 10, 64 << 10));
    }

    @Test
    void aChannelGetsItsMinimumWindowWhateverTheOthersHave() {
        while (budget.granted() < BUDGET / 2) {
            grown();
        }
        List<Channel> others = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            others.add(channel().open());
        }
        assertThat(others).allSatisfy(other -> assertThat(other.size()).isGreaterThanOrEqualTo(budget.minWindow()));
        assertThat(budget.minWindow()).isBetween(2_000, 4_000);
    }

    @Test
    void whatOthersHoldIsNotThereToGrowBy() {
        held.add(BUDGET);
        assertThat(grown().size()).isEqualTo(budget.minWindow());
    }

    @Test
    void vpssAreReadInSmallPiecesWhenNothingIsLeft() {
        assertThat(budget.readCapacity()).isEqualTo(64 << 10);
        held.add(BUDGET / 2);
        assertThat(budget.readCapacity()).isEqualTo(WindowBudget.MIN_READ_BYTES);
    }

    @Test
    void whatHasBeenPromisedMakesTheGatewayFullAndIsForgottenAtTheEnd() {
        Channel channel = channel().open();
        held.add(BUDGET - ReceiveWindow.FIRST_BYTES);
        assertThat(held.isFull()).isTrue();
        channel.send(1_000);
        assertThat(held.committed()).isEqualTo(BUDGET);
        channel.close();
        assertThat(held.committed()).isEqualTo(BUDGET - ReceiveWindow.FIRST_BYTES);
        assertThat(budget.granted()).isZero();
    }

    @Test
    void aSmallBudgetHasFewerPlacesButNoSmallerMinimumWindows() {
        WindowBudget small = new WindowBudget(8 << 20, CHANNELS, new BufferedBytes(8 << 20));
        assertThat(small.minWindow()).isEqualTo(WindowBudget.MIN_WINDOW_BYTES);
        for (int i = 0; i < (4 << 20) / (WindowBudget.MIN_WINDOW_BYTES + WindowBudget.MIN_READ_BYTES); i++) {
            assertThat(small.enter()).isTrue();
        }
        assertThat(small.enter()).isFalse();
        small.leave(0, 0);
        assertThat(small.enter()).isTrue();
    }

    /** Whatever clients and VPSs do. */
    @Property(tries = 300)
    void allTogetherStayWithinTheBudgetAndNobodyStarves(
            @ForAll @IntRange(min = 64, max = 4_096) int kibibytes,
            @ForAll @IntRange(min = 1, max = 60) int channels,
            @ForAll long seed) {
        long bytes = kibibytes * 1024L;
        BufferedBytes holding = new BufferedBytes(bytes);
        WindowBudget shared = new WindowBudget(bytes, channels, holding);
        List<Channel> open = new ArrayList<>();
        Random random = new Random(seed);
        for (int step = 0; step < 2_000; step++) {
            now.addAndGet(random.nextInt(50_000_000));
            if (open.isEmpty() || random.nextInt(20) == 0) {
                Channel fresh = new Channel(shared, holding, now);
                if (fresh.window.enter()) {
                    fresh.granted = fresh.window.open();
                    open.add(fresh);
                }
            } else if (random.nextInt(50) == 0) {
                open.remove(random.nextInt(open.size())).close();
            } else {
                play(open.get(random.nextInt(open.size())), shared, random);
            }
            long windows = open.stream().mapToLong(Channel::size).sum();
            assertThat(windows).isEqualTo(shared.granted()).isLessThanOrEqualTo(bytes);
            assertThat(holding.committed()).isEqualTo(windows);
        }
        open.forEach(Channel::close);
        assertThat(holding.committed()).isZero();
        assertThat(shared.granted()).isZero();
    }

    private static void play(Channel channel, WindowBudget shared, Random random) {
        boolean wholly = random.nextBoolean();
        channel.send(wholly ? channel.granted : random.nextInt(channel.granted + 1));
        channel.take(wholly ? channel.untaken : random.nextInt(channel.untaken + 1));
        if (channel.untaken == 0) {
            assertThat(channel.size()).isPositive();
        }
        if (wholly) {
            assertThat(channel.granted).isGreaterThanOrEqualTo(shared.minWindow());
        }
    }
}
