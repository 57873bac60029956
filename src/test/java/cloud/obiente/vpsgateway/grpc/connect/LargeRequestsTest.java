package cloud.obiente.vpsgateway.grpc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LargeRequestsTest {
    private static final int LARGEST = 4 << 20;

    private final LargeRequests large = new LargeRequests();
    private final List<String> granted = new ArrayList<>();

    private LargeRequests.Turn await(String name, int bytes) {
        LargeRequests.Turn turn = new LargeRequests.Turn(bytes, () -> granted.add(name));
        large.await(turn);
        return turn;
    }

    @Test
    void theLargestComeOneAfterTheOtherInTheirOrder() {
        LargeRequests.Turn first = await("first", LARGEST);
        LargeRequests.Turn second = await("second", LARGEST);
        await("third", 100_000);
        assertThat(granted).containsExactly("first");

        large.giveBack(first);
        assertThat(granted).containsExactly("first", "second");
        large.giveBack(second);
        assertThat(granted).containsExactly("first", "second", "third");
    }

    @Test
    void severalThatAreNotSoLargeComeTogether() {
        await("a", 256 << 10);
        await("b", 256 << 10);
        await("c", 256 << 10);
        await("d", 256 << 10);
        assertThat(granted).containsExactly("a", "b", "c");
    }

    @Test
    void whoHasGoneIsNotWaitedFor() {
        LargeRequests.Turn first = await("first", LARGEST);
        LargeRequests.Turn gone = await("gone", LARGEST);
        await("last", LARGEST);
        large.giveBack(gone);
        large.giveBack(first);
        assertThat(granted).containsExactly("first", "last");
    }

    @Test
    void noMoreArrivesThanMayBeHeld() {
        assertThat(large.arrive(LargeRequests.MAX_ARRIVED_BYTES)).isTrue();
        assertThat(large.arrive(1)).isFalse();
        large.left(1);
        assertThat(large.arrive(1)).isTrue();
    }
}
