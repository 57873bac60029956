package cloud.obiente.vpsgateway.lab;

import java.security.SecureRandom;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Where the random choices of a test come from. Every one of them is another in every run, is printed, and is made again
 * with the system property {@code seed}. Those of properties are jqwik's, which prints and takes them in its own way.
 */
public final class Seed {
    private static final String PROPERTY = "seed";
    private static final long SEED = Optional.ofNullable(Long.getLong(PROPERTY))
            .orElseGet(() -> (long) new SecureRandom().nextInt(Integer.MAX_VALUE));
    private static final AtomicReference<String> USED = new AtomicReference<>();

    private Seed() {}

    /** Choices for one test, which do not depend on what other tests have chosen. */
    public static Random random(Class<?> test) {
        String again = "-D" + PROPERTY + "=" + SEED;
        if (!again.equals(USED.getAndSet(again))) {
            System.out.println("the random choices of this JVM's tests are made again with " + again);
        }
        return new Random(SEED + test.getName().hashCode());
    }

    /** What to say of a test that failed: how to repeat its choices. Empty where none were made. */
    static Optional<String> used() {
        return Optional.ofNullable(USED.get());
    }
}
