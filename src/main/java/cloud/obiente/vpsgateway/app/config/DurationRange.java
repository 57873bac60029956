package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The durations that a variable may have, both ends included, in whole seconds.
 *
 * @param shortest as it is written, such as {@code 2m}
 * @param longest as it is written, such as {@code 365d}
 */
record DurationRange(String shortest, String longest) {
    private static final Pattern SHORT_FORM = Pattern.compile("(?:[0-9]{1,9}(?:\\.[0-9]{1,9})?[smhd])+");
    private static final Pattern PART = Pattern.compile("([0-9.]+)([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    /**
     * Reads {@code 90s}, {@code 30m}, {@code 12h}, {@code 1d}, what Go prints, such as {@code 1h30m0s} and {@code 1.5h}, or
     * ISO 8601 such as {@code PT1H30M}.
     *
     * @throws InvalidValueException when the text is anything else, or out of range
     */
    Duration parse(String text) {
        try {
            Duration duration = durationOf(text);
            boolean isInRange = duration.compareTo(durationOf(shortest)) >= 0
                    && duration.compareTo(durationOf(longest)) <= 0
                    && duration.equals(duration.truncatedTo(ChronoUnit.SECONDS));
            if (isInRange) {
                return duration;
            }
        } catch (DateTimeParseException neitherForm) {
            throw refusal(text);
        }
        throw refusal(text);
    }

    private static Duration durationOf(String text) {
        return SHORT_FORM.matcher(text).matches()
                ? PART.matcher(text)
                        .results()
                        .map(part -> of(part.group(1), UNITS.get(part.group(2))))
                        .reduce(Duration.ZERO, Duration::plus)
                : Duration.parse(text);
    }

    private static Duration of(String count, Duration unit) {
        BigDecimal seconds = new BigDecimal(count).multiply(BigDecimal.valueOf(unit.toSeconds()));
        long nanos = seconds.remainder(BigDecimal.ONE).movePointRight(9).longValue();
        return Duration.ofSeconds(seconds.longValue(), nanos);
    }

    private InvalidValueException refusal(String text) {
        return new InvalidValueException(
                text,
                "a duration from " + shortest + " to " + longest + ", such as 90s, 30m, 12h, 1d, 1h30m or PT1H30M");
    }
}
