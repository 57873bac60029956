package cloud.obiente.vpsgateway.ssh.bastion;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LogBudgetTest {
    private static final String KIND = "refused";
    private static final ClientSource FLOOD = new ClientSource("192.0.2.1");
    private static final ClientSource OTHER = new ClientSource("192.0.2.2");

    private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
    private final LogBudget<String> budget = new LogBudget<>(now::get);

    @Test
    void oneAddressHasItsShareAndOthersHaveTheirs() {
        assertThat(taken(FLOOD, 10_000)).isEqualTo(LogBudget.MAX_OF_SOURCE);
        assertThat(taken(OTHER, 1)).isEqualTo(1);
        assertThat(budget.take("another kind", FLOOD)).isTrue();
    }

    @Test
    void whatWasLeftOutIsToldOnceWhenTheWindowIsOver() {
        taken(FLOOD, 1_000);
        taken(OTHER, 1);
        assertThat(budget.omissions()).isEmpty();

        now.addAndGet(LogBudget.WINDOW.toNanos());

        assertThat(budget.omissions())
                .containsExactly(new LogBudget.Omission<>(KIND, FLOOD, 1_000 - LogBudget.MAX_OF_SOURCE));
        assertThat(budget.omissions()).isEmpty();
        assertThat(taken(FLOOD, 1)).isEqualTo(1);
    }

    @Test
    void manyAddressesTogetherHaveABoundToo() {
        long lines = IntStream.range(0, 100_000)
                .filter(i -> budget.take(KIND, new ClientSource("10.0." + i / 256 + "." + i % 256)))
                .count();
        assertThat(lines).isEqualTo(LogBudget.MAX_OF_KIND);

        now.addAndGet(LogBudget.WINDOW.toNanos());
        assertThat(budget.omissions().stream()
                        .mapToLong(LogBudget.Omission::lines)
                        .sum())
                .isEqualTo(100_000 - LogBudget.MAX_OF_KIND);
    }

    private long taken(ClientSource source, int lines) {
        return IntStream.range(0, lines).filter(i -> budget.take(KIND, source)).count();
    }
}
