package cloud.obiente.vpsgateway.connections;

/**
 * How much more may be done: so much at once, and so much a second after that. Not thread-safe; times are of
 * {@link System#nanoTime}.
 */
final class TokenBucket {
    private static final double NANOS_PER_SECOND = 1e9;

    private final int capacity;
    private final double perNano;
    private double tokens;
    private long filledAt;

    /** @param perSecond zero: what was taken does not come back */
    TokenBucket(int capacity, int perSecond, long now) {
        this.capacity = capacity;
        this.perNano = perSecond / NANOS_PER_SECOND;
        this.tokens = capacity;
        this.filledAt = now;
    }

    /** @return whether there was one */
    boolean take(long now) {
        if (tokens < 1) {
            tokens = Math.min(capacity, tokens + (now - filledAt) * perNano);
            filledAt = now;
        }
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
