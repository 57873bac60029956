package cloud.obiente.vpsgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Locale;

/** What was measured, as lines of a Markdown table, on the console and in target/bench.md. */
public final class Figures {
    private static final Path FILE = Path.of("target", "bench.md");

    private Figures() {}

    public static void print(String what, String figure, String goal) {
        String line = "| " + what + " | " + figure + " | " + goal + " |";
        System.out.println(line);
        try {
            Files.writeString(
                    FILE, line + "\n", StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The value below which this share of the samples lies. */
    public static double percentile(double[] samples, double share) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
    }

    public static double median(double[] samples) {
        return percentile(samples, 0.5);
    }

    public static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
