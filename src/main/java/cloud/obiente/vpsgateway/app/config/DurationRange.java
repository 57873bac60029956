package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The durations that a variable may have, both ends included, in whole seconds.
 *
 * @param shortest as it is written, such as {@code 2m}
 * @param longest as it is written, such as {@code 365d}
 */
record DurationRange(String shortest, String longest) {
    private static final Pattern SHORT_FORM = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Map<String, Duration> UNITS = Map.of(
            "s", Duration.ofSeconds(1), "m", Duration.ofMinutes(1), "h", Duration.ofHours(1), "d", Duration.ofDays(1));

    /**
     * Reads {@code 90s}, {@code 30m}, {@code 12h}, {@code 1d}, or ISO 8601 such as {@code PT1H30M}.
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
        Matcher shortForm = SHORT_FORM.matcher(text);
        return shortForm.matches()
                ? UNITS.get(shortForm.group(2)).multipliedBy(Long.parseLong(shortForm.group(1)))
                : Duration.parse(text);
    }

    private InvalidValueException refusal(String text) {
        return new InvalidValueException(
                text, "a duration from " + shortest + " to " + longest + ", such as 90s, 30m, 12h, 1d or PT1H30M");
    }
}
