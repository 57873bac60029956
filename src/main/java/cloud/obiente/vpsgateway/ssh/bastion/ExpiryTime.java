package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.Locale;
import java.util.regex.Pattern;

/** Reads {@code YYYYMMDD[Z]} and {@code YYYYMMDDHHMM[SS][Z]} (sshd(8), expiry-time). Stateless. */
final class ExpiryTime {
    private static final Pattern FORM = Pattern.compile("[0-9]{8}([0-9]{4}([0-9]{2})?)?Z?");
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuuMMddHHmmss", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final int LENGTH = 14;

    private ExpiryTime() {}

    /** @param zone of a time that does not end in Z, which means UTC */
    static Instant parse(String text, ZoneId zone) {
        if (!FORM.matcher(text).matches()) {
            throw refusal(text);
        }
        boolean utc = text.endsWith("Z");
        String digits = utc ? text.substring(0, text.length() - 1) : text;
        try {
            LocalDateTime time = LocalDateTime.parse(digits + "0".repeat(LENGTH - digits.length()), SECONDS);
            return time.atZone(utc ? ZoneOffset.UTC : zone).toInstant();
        } catch (DateTimeException noSuchTime) {
            throw refusal(text);
        }
    }

    private static InvalidValueException refusal(String text) {
        return new InvalidValueException(text, "a time such as 20261231, 202612312359 or 20261231235959Z");
    }
}
