package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorBudgetTest {
    private static final DescriptorBudget.Wanted WANTED = new DescriptorBudget.Wanted(2_048, 128, 1_000, 10_000);

    @Test
    void whereThereAreEnoughEverybodyGetsWhatWasAskedFor() {
        DescriptorBudget budget = DescriptorBudget.of(1 << 20, WANTED);
        assertThat(budget).isEqualTo(new DescriptorBudget(1 << 20, 2_048, 128, 1_000, 10_000, false));
        assertThat(budget.shortage(WANTED)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {256, 1_024, 4_096, 13_000})
    void whereThereAreTooFewTheReserveIsLeftAndThatIsSaid(int limit) {
        DescriptorBudget budget = DescriptorBudget.of(limit, WANTED);
        assertThat(budget.calls() + budget.management() + budget.clients() + budget.tunnels())
                .isBetween(limit / 4, limit - DescriptorBudget.RESERVE);
        assertThat(budget.calls()).isPositive();
        assertThat(budget.management()).isPositive();
        assertThat(budget.clients()).isPositive();
        assertThat(budget.shortage(WANTED)).hasValueSatisfying(remedy -> assertThat(remedy)
                .contains(limit + " file descriptors", "LimitNOFILE", "too few for 13336", "=2048"));
    }

    /** It may not even start; if it does, it answers those that look. */
    @Test
    void evenTheFewestLeaveSomebodyAPlace() {
        DescriptorBudget budget = DescriptorBudget.of(64, WANTED);
        assertThat(budget.management()).isPositive();
        assertThat(budget.calls()).isPositive();
    }

    @Test
    void whereThereIsNoBastionItHasNoShare() {
        DescriptorBudget budget = DescriptorBudget.of(1_024, new DescriptorBudget.Wanted(2_048, 128, 0, 10_000));
        assertThat(budget.clients()).isZero();
    }
}
