package cloud.obiente.vpsgateway.app.config;

import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_ALLOWED_PORTS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_ALLOWED_TARGETS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_DRAIN;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_IDLE_TIMEOUT;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_KEEPALIVE;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_MAX_BUFFER;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_MAX_CONNECTIONS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_MAX_DIALS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_RECORD_DAYS;
import static cloud.obiente.vpsgateway.app.config.Variable.GATEWAY_SSH_STALL;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import cloud.obiente.vpsgateway.ssh.PortSet;
import cloud.obiente.vpsgateway.ssh.SshSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the variables about SSH. */
final class SshReader {
    private static final DurationRange STALL = new DurationRange("1s", "1h");
    private static final DurationRange IDLE_TIMEOUT = new DurationRange("1s", "365d");
    private static final DurationRange KEEPALIVE = new DurationRange("6s", "1h");
    private static final DurationRange DRAIN = new DurationRange("0s", "1h");
    private static final String NEVER = "off";
    private static final int MAX = 1_000_000;
    private static final int MAX_RECORD_DAYS = 3650;
    private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,5})(MiB|GiB)");
    private static final Map<String, Integer> SHIFTS = Map.of("MiB", 20, "GiB", 30);

    private final ValueReader values;

    SshReader(ValueReader values) {
        this.values = values;
    }

    /** Empty when there is a problem anywhere in the configuration so far. */
    Optional<SshSettings> read() {
        Optional<List<Subnet>> targets = values.read(GATEWAY_SSH_ALLOWED_TARGETS, SshReader::parseNetworks);
        Optional<PortSet> ports = values.read(GATEWAY_SSH_ALLOWED_PORTS, PortSet::parse);
        Optional<Integer> connections = values.read(GATEWAY_SSH_MAX_CONNECTIONS, number(MAX));
        Optional<Integer> perStream = values.read(GATEWAY_SSH_MAX_CONNECTIONS_PER_STREAM, number(MAX));
        Optional<Integer> dials = values.read(GATEWAY_SSH_MAX_DIALS, number(MAX));
        Optional<Long> buffer = values.read(GATEWAY_SSH_MAX_BUFFER, SshReader::parseSize);
        Optional<Duration> stall = values.read(GATEWAY_SSH_STALL, STALL::parse);
        Optional<Optional<Duration>> idle = values.read(GATEWAY_SSH_IDLE_TIMEOUT, SshReader::parseIdleTimeout);
        Optional<Duration> keepAlive = values.read(GATEWAY_SSH_KEEPALIVE, KEEPALIVE::parse);
        Optional<Duration> drain = values.read(GATEWAY_SSH_DRAIN, DRAIN::parse);
        Optional<Integer> recordDays = values.read(GATEWAY_SSH_RECORD_DAYS, number(MAX_RECORD_DAYS));
        if (values.hasProblems()) {
            return Optional.empty();
        }
        return Optional.of(new SshSettings(
                targets.orElse(List.of()),
                ports.orElseThrow(),
                new SshSettings.Limits(
                        connections.orElseThrow(), perStream.orElseThrow(), dials.orElseThrow(), buffer.orElseThrow()),
                stall.orElseThrow(),
                idle.orElseThrow(),
                keepAlive.orElseThrow(),
                drain.orElseThrow(),
                recordDays.orElseThrow()));
    }

    static List<Subnet> parseNetworks(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(entry -> parseNetwork(entry.strip(), text))
                .toList();
    }

    private static Subnet parseNetwork(String entry, String text) {
        String[] parts = entry.split("/", 2);
        try {
            return new Subnet(Ipv4Address.parse(parts[0]), parts.length == 1 ? 32 : Subnet.parsePrefix(parts[1]));
        } catch (IllegalArgumentException badEntry) {
            throw new InvalidValueException(
                    text, "networks separated by commas, such as 10.20.0.0/16,192.0.2.7, without host bits");
        }
    }

    static Function<String, Integer> number(int most) {
        return text -> {
            if (text.matches("[1-9][0-9]{0,6}") && Integer.parseInt(text) <= most) {
                return Integer.parseInt(text);
            }
            throw new InvalidValueException(text, "a number from 1 to " + most);
        };
    }

    private static long parseSize(String text) {
        Matcher found = SIZE.matcher(text);
        if (!found.matches()) {
            throw new InvalidValueException(text, "a size such as 64MiB or 1GiB");
        }
        return Long.parseLong(found.group(1)) << SHIFTS.get(found.group(2));
    }

    private static Optional<Duration> parseIdleTimeout(String text) {
        return text.equalsIgnoreCase(NEVER) ? Optional.empty() : Optional.of(IDLE_TIMEOUT.parse(text));
    }
}
