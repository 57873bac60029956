package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Status;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The timeouts that callers state in headers. */
final class CallTimeouts {
    /** gRPC can state 11,000 years, which is more nanoseconds than a long can hold. */
    private static final Duration MAX_TIMEOUT = Duration.ofDays(100 * 365);

    private static final Pattern GRPC = Pattern.compile("([0-9]{1,8})([HMSmun])");
    private static final Pattern CONNECT = Pattern.compile("[0-9]{1,10}");
    private static final Map<String, ChronoUnit> UNITS = Map.of(
            "H", ChronoUnit.HOURS,
            "M", ChronoUnit.MINUTES,
            "S", ChronoUnit.SECONDS,
            "m", ChronoUnit.MILLIS,
            "u", ChronoUnit.MICROS,
            "n", ChronoUnit.NANOS);

    private CallTimeouts() {}

    /**
     * Reads {@code grpc-timeout} (gRPC over HTTP2, "Timeout").
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when it is none
     */
    static Duration parseGrpc(String text) {
        Matcher matcher = GRPC.matcher(text);
        if (!matcher.matches()) {
            throw invalid("grpc-timeout", text, "up to 8 digits and one of H, M, S, m, u, n");
        }
        Duration timeout = Duration.of(Long.parseLong(matcher.group(1)), UNITS.get(matcher.group(2)));
        return timeout.compareTo(MAX_TIMEOUT) > 0 ? MAX_TIMEOUT : timeout;
    }

    /**
     * Reads {@code connect-timeout-ms} (Connect protocol, "Timeout").
     *
     * @throws io.grpc.StatusRuntimeException INVALID_ARGUMENT when it is none
     */
    static Duration parseConnect(String text) {
        if (!CONNECT.matcher(text).matches()) {
            throw invalid("connect-timeout-ms", text, "up to 10 digits");
        }
        return Duration.ofMillis(Long.parseLong(text));
    }

    private static RuntimeException invalid(String header, String text, String expected) {
        return Status.INVALID_ARGUMENT
                .withDescription(header + ": '" + text + "' is not a timeout (expected: " + expected + ")")
                .asRuntimeException();
    }
}
