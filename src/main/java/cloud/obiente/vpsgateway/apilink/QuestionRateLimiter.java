package cloud.obiente.vpsgateway.apilink;

import java.time.Duration;
import java.time.Instant;

/**
 * How many questions the API may be asked: a token bucket. Each may cost the API a scan of all its VMs, and VPSs can invent
 * MACs, so the rate is low; VPSs that are known to come with an unknown NIC raise it. Thread {@code api-links}.
 */
final class QuestionRateLimiter {
    static final int DEFAULT_RATE = 2;
    /** Per second, while an allocation waits for its first lease. */
    static final int EXPECTANT_RATE = 4;

    static final int MAX_BURST = 8;
    private static final double SECOND_NANOS = 1e9;

    private double tokens;
    private Instant filledAt;

    /** Full, and nobody expected. */
    QuestionRateLimiter(Instant now) {
        tokens = DEFAULT_RATE;
        filledAt = now;
    }

    /**
     * To be called before {@link #has}.
     *
     * @param expected how many allocations wait for their first lease, since the last call
     */
    void refill(Instant now, int expected) {
        Duration passed = Duration.between(filledAt, now);
        filledAt = now;
        if (!passed.isNegative()) {
            add(passed.toNanos() / SECOND_NANOS * rate(expected), burst(expected));
        }
    }

    private static int rate(int expected) {
        return expected == 0 ? DEFAULT_RATE : EXPECTANT_RATE;
    }

    /** A second's worth at least, because time comes in ticks of a second. */
    private static int burst(int expected) {
        return Math.max(rate(expected), Math.min(expected, MAX_BURST));
    }

    private void add(double more, int burst) {
        tokens = Math.min(burst, tokens + more);
    }

    boolean has() {
        return tokens >= 1;
    }

    /** To be called only when there is one. */
    void take() {
        tokens--;
    }

    /** For a question that found a VPS: nobody can invent those, and a boot storm of real ones need not wait. */
    void giveBack() {
        tokens = Math.min(MAX_BURST, tokens + 1);
    }
}
