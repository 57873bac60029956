package cloud.obiente.vpsgateway.connections;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.connections.PeerListener.Failure;
import cloud.obiente.vpsgateway.lab.LogLines;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PeerAddressesTest {
    private static final InetAddress API = address("192.0.2.9");
    private static final InetAddress GUESSER = address("192.0.2.1");

    private long now;
    private int failures;
    private int bans;
    private final PeerAddresses addresses = new PeerAddresses(nobody -> false, () -> now, new PeerListener() {
        @Override
        public void failed(Failure failure) {
            failures++;
        }

        @Override
        public void banned() {
            bans++;
        }
    });

    @Test
    void whoGuessesMoreThanTwentyTimesAMinuteWaitsForAMinute() {
        fail(GUESSER, PeerAddresses.MAX_FAILURES_PER_MINUTE);
        assertThat(addresses.isBanned(GUESSER)).isFalse();
        fail(GUESSER, 1);
        assertThat(addresses.isBanned(GUESSER)).isTrue();
        assertThat(addresses.mayConnect(GUESSER)).isFalse();
        assertThat(addresses.banned()).isEqualTo(1);
        assertThat(bans).isEqualTo(1);
        assertThat(failures).isEqualTo(21);

        pass(Duration.ofMinutes(1));
        assertThat(addresses.isBanned(GUESSER)).isFalse();
        assertThat(addresses.mayConnect(GUESSER)).isTrue();
        assertThat(addresses.banned()).isZero();
    }

    @Test
    void twentyAMinuteMayGoOn() {
        IntStream.range(0, 10).forEach(minute -> {
            fail(GUESSER, PeerAddresses.MAX_FAILURES_PER_MINUTE);
            pass(Duration.ofMinutes(1));
        });
        assertThat(bans).isZero();
    }

    /** One of an API's callers may have an old secret, or be somebody else behind the same proxy. */
    @Test
    void anAddressThatHasShownTheSecretWithinAnHourDoesNotWait() {
        addresses.proved(API);
        fail(API, 1_000);
        addresses.flooded(API, "sent too many PINGs");
        assertThat(addresses.isBanned(API)).isFalse();
        assertThat(addresses.mayConnect(API)).isTrue();

        pass(Duration.ofHours(1));
        fail(API, PeerAddresses.MAX_FAILURES_PER_MINUTE + 1);
        assertThat(addresses.isBanned(API)).isTrue();
    }

    @Test
    void theFirstFailureIsLoggedAtOnceAndTheOthersTogether() throws Exception {
        List<String> lines = new ArrayList<>();
        LogLines.during(PeerAddresses.class.getName(), lines::add, () -> {
            fail(GUESSER, 1);
            assertThat(lines).singleElement().asString().contains("192.0.2.1", "wrong x-api-secret");
            fail(GUESSER, 9);
            addresses.tick();
            assertThat(lines).hasSize(1);
            pass(Duration.ofMinutes(1));
            assertThat(lines).hasSize(2);
            assertThat(lines.get(1)).contains("9 more calls of 192.0.2.1");
            pass(Duration.ofMinutes(1));
            assertThat(lines).hasSize(2);
        });
    }

    @Test
    void manyAddressesAtOnceDoNotWriteTheLog() throws Exception {
        List<String> lines = new ArrayList<>();
        LogLines.during(PeerAddresses.class.getName(), lines::add, () -> {
            IntStream.range(0, 20_000).forEach(i -> fail(address("10.1." + i / 256 + "." + i % 256), 1));
            pass(Duration.ofMinutes(1));
            fail(GUESSER, 1);
        });
        assertThat(lines)
                .hasSizeLessThan(40)
                .anyMatch(line -> line.contains("lines about refused addresses were left out"));
    }

    @Test
    void manyAddressesAtOnceDoNotMakeTheApiUnauthenticated() {
        addresses.proved(API);
        IntStream.range(0, 20_000).forEach(i -> addresses.mayConnect(address("10.1." + i / 256 + "." + i % 256)));
        assertThat(addresses.isProven(API)).isTrue();
    }

    private void fail(InetAddress address, int times) {
        IntStream.range(0, times).forEach(i -> addresses.failed(address, Failure.WRONG));
    }

    private void pass(Duration time) {
        now += time.toNanos();
        addresses.tick();
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException addressesNeedNoNameServer) {
            throw new IllegalStateException(addressesNeedNoNameServer);
        }
    }
}
