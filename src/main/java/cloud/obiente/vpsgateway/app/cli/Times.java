package cloud.obiente.vpsgateway.app.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** Times and amounts for people. Stateless. */
final class Times {
    private Times() {}

    /** In whole seconds, UTC; a text that is no time as it is. */
    static Optional<String> seconds(Optional<String> instant) {
        return instant.map(text -> {
            try {
                return Instant.parse(text).truncatedTo(ChronoUnit.SECONDS).toString();
            } catch (DateTimeException notATime) {
                return text;
            }
        });
    }

    /** The two largest units: {@code 3d 4h}, {@code 12m 5s}. */
    static String lasting(long seconds) {
        Duration duration = Duration.ofSeconds(seconds);
        if (duration.toDays() > 0) {
            return duration.toDays() + "d " + duration.toHoursPart() + "h";
        }
        if (duration.toHours() > 0) {
            return duration.toHours() + "h " + duration.toMinutesPart() + "m";
        }
        return duration.toMinutes() > 0
                ? duration.toMinutes() + "m " + duration.toSecondsPart() + "s"
                : duration.toSeconds() + "s";
    }
}
