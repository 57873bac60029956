package cloud.obiente.vpsgateway.lab;

import java.util.stream.Stream;

/**
 * How much of what a test could go on repeating, or enlarging, it does. Usually as much as finds an ordinary fault each
 * time; all of it with the system property {@code effort=whole}, which is {@code script/test --long}. What is tested is the
 * same.
 */
public final class Effort {
    private static final String WHOLE = "whole";
    private static final boolean IS_WHOLE = read(System.getProperty("effort", "usual"));

    private Effort() {}

    private static boolean read(String effort) {
        if (!effort.equals(WHOLE) && !effort.equals("usual")) {
            throw new IllegalArgumentException("-Deffort=" + effort + " (expected: usual or " + WHOLE + ")");
        }
        return effort.equals(WHOLE);
    }

    /** Whether nothing is left out. */
    public static boolean isWhole() {
        return IS_WHOLE;
    }

    /** One of two numbers of repetitions, octets, or whatever else there may be more of. */
    public static int of(int usual, int whole) {
        return IS_WHOLE ? whole : usual;
    }

    /** The first so many usually, all of them otherwise. */
    @SafeVarargs
    @SuppressWarnings("varargs")
    public static <T> Stream<T> first(int usual, T... all) {
        return Stream.of(all).limit(IS_WHOLE ? all.length : usual);
    }
}
