package cloud.obiente.vpsgateway.apilink;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.apilink.FairQueue.Turn;
import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.BeforeTry;

/** Whatever comes from wherever: bounded, nobody lost without a word, and fair between sources. */
class FairQueuePropertiesTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final MacAddress REAL = MacAddress.parse("00:16:3e:00:00:01");
    private static final int NO_LIMIT = 1_000;

    private int dropped;
    private FairQueue queue;
    private Instant now;
    private int invented;

    @BeforeTry
    void begin() {
        dropped = 0;
        queue = new FairQueue(mac -> dropped++);
        now = START;
        invented = 0;
    }

    /** @param kind what happens; {@code number} chooses the MAC, its port, or how much time passes */
    private record Event(int kind, int number) {}

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(0, 40))
                .as(Event::new)
                .list()
                .ofMaxSize(200);
    }

    @Property(tries = 500)
    void everyMacThatCameWaitsOrHadItsTurnOrWasDroppedOrRemoved(@ForAll("events") List<Event> events) {
        Set<MacAddress> waiting = new HashSet<>();
        FairQueue observed =
                new FairQueue(mac -> assertThat(waiting.remove(mac)).isTrue());
        Deque<Turn> turns = new ArrayDeque<>();
        for (Event event : events) {
            MacAddress mac = new MacAddress(0x020000000000L + event.number());
            switch (event.kind()) {
                case 0 -> {
                    observed.offer(mac, QuestionSource.Shared.UNSORTED, now);
                    waiting.add(mac);
                }
                case 1 -> {
                    observed.offer(mac, QuestionSource.Shared.BACKGROUND, now);
                    waiting.add(mac);
                }
                case 2 ->
                    observed.next(now, 3, any -> true).ifPresent(turn -> {
                        assertThat(waiting.remove(turn.mac())).isTrue();
                        turns.add(turn);
                    });
                case 3 ->
                    Optional.ofNullable(turns.poll())
                            .ifPresent(turn -> observed.done(turn, event.number() % 2 == 0, now));
                case 4 -> {
                    Map<MacAddress, BridgePort> ports = new HashMap<>();
                    observed.unsorted().forEach(each -> ports.put(each, new BridgePort(event.number() % 5)));
                    observed.sort(observed.unsorted(), ports, now);
                }
                default -> {
                    now = now.plusSeconds(event.number());
                    observed.prune(now);
                }
            }
            assertThat(observed.size()).isEqualTo(waiting.size());
        }
    }

    @Property(tries = 20)
    void isBoundedAndWhatIsLostIsTold(@ForAll @IntRange(min = 1, max = 30) int ports) {
        int more = 500;
        for (int i = 0; i < FairQueue.MAX_WAITING + more; i++) {
            offer(new BridgePort(i % ports));
        }
        assertThat(queue.size()).isEqualTo(FairQueue.MAX_WAITING);
        assertThat(dropped).isEqualTo(more);
    }

    @Property(tries = 20)
    void aFullQueueTakesFromWhoeverHasMost(@ForAll @IntRange(min = 1, max = 40) int others) {
        for (int i = 0; i < others; i++) {
            offer(new BridgePort(2));
        }
        for (int i = 0; i < 2 * FairQueue.MAX_WAITING; i++) {
            offer(new BridgePort(1));
        }
        int served = 0;
        for (int i = 0; i < 2 * others; i++) {
            Turn turn = queue.next(now, NO_LIMIT, any -> true).orElseThrow();
            served += turn.source().equals(new QuestionSource.Port(new BridgePort(2))) ? 1 : 0;
        }
        assertThat(served).isEqualTo(others);
    }

    @Property(tries = 100)
    void aPortThatHasCostNothingComesFirstHoweverManyFlood(
            @ForAll @IntRange(min = 1, max = 20) int flooding, @ForAll @IntRange(min = 0, max = 300) int turns) {
        for (int i = 0; i < turns; i++) {
            floodOnce(flooding);
            askOne();
        }
        floodOnce(flooding);
        queue.offer(REAL, QuestionSource.Shared.UNSORTED, now);
        queue.sort(Set.of(REAL), Map.of(REAL, new BridgePort(99)), now);
        int before = 0;
        while (!queue.next(now, NO_LIMIT, any -> true).orElseThrow().mac().equals(REAL)) {
            before++;
        }
        // Those of which nothing is known either, and which came before.
        assertThat(before).isLessThanOrEqualTo(Math.max(0, flooding - turns));
    }

    /** Otherwise a flood takes the turns of those whose port has cost nothing, for as long as a look-up takes. */
    @Property(tries = 50)
    void nobodysTurnComesBeforeItsPortHasBeenLookedUp(
            @ForAll @IntRange(min = 1, max = 50) int flood, @ForAll boolean hasPort) {
        for (int i = 0; i < flood; i++) {
            queue.offer(new MacAddress(0x060000000000L + i), QuestionSource.Shared.UNSORTED, now);
        }
        assertThat(queue.next(now, NO_LIMIT, any -> true)).isEmpty();
        queue.offer(REAL, QuestionSource.Shared.UNSORTED, now);
        queue.sort(Set.of(REAL), hasPort ? Map.of(REAL, new BridgePort(99)) : Map.of(), now);
        assertThat(queue.next(now, NO_LIMIT, any -> true).orElseThrow().mac()).isEqualTo(REAL);
    }

    @Property(tries = 30)
    void portsThatFloodShareWhatThereIs(@ForAll @IntRange(min = 2, max = 8) int flooding) {
        Map<QuestionSource, Integer> served = new HashMap<>();
        int each = 50;
        for (int i = 0; i < flooding * each; i++) {
            floodOnce(flooding);
            served.merge(askOne(), 1, Integer::sum);
        }
        assertThat(served.values()).hasSize(flooding).allMatch(count -> Math.abs(count - each) <= 2);
    }

    @Property(tries = 50)
    void withinAPortWhoHasRepeatedItselfMostComesFirst(
            @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 0, max = 9) Integer> repetitions) {
        for (int second = 0; second < 10; second++) {
            for (int i = 0; i < repetitions.size(); i++) {
                if (second <= repetitions.get(i)) {
                    queue.offer(new MacAddress(0x020000000001L + i), QuestionSource.Shared.UNKNOWN_PORT, now);
                }
            }
            now = now.plus(Duration.ofSeconds(1));
        }
        int last = Integer.MAX_VALUE;
        for (int i = 0; i < repetitions.size(); i++) {
            MacAddress mac =
                    queue.next(now, NO_LIMIT, any -> true).orElseThrow().mac();
            int repeated = repetitions.get((int) (mac.bits() - 0x020000000001L));
            assertThat(repeated).isLessThanOrEqualTo(last);
            last = repeated;
        }
    }

    @Property(tries = 20)
    void whoIsAskedAboutInTheBackgroundIsNotStarved(@ForAll @IntRange(min = 1, max = 5) int flooding) {
        int served = 0;
        for (int i = 0; i < 200; i++) {
            floodOnce(flooding);
            queue.offer(new MacAddress(0x00163e000000L + i), QuestionSource.Shared.BACKGROUND, now);
            served += askOne() == QuestionSource.Shared.BACKGROUND ? 1 : 0;
        }
        assertThat(served).isBetween(5, 60);
    }

    private void floodOnce(int ports) {
        for (int port = 1; port <= ports; port++) {
            offer(new BridgePort(port));
        }
    }

    private void offer(BridgePort port) {
        MacAddress mac = new MacAddress(0x060000000000L + invented++);
        queue.offer(mac, QuestionSource.Shared.UNSORTED, now);
        queue.sort(Set.of(mac), Map.of(mac, port), now);
    }

    /** Half a second later, and in vain. */
    private QuestionSource askOne() {
        now = now.plusMillis(500);
        Turn turn = queue.next(now, NO_LIMIT, any -> true).orElseThrow();
        queue.done(turn, false, now);
        return turn.source();
    }
}
