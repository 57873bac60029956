package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.Subnet;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What an operator can choose about the tunnels.
 *
 * @param allowedTargets networks that may be dialed besides the VPSs' own addresses, whatever is in them
 * @param allowedPorts ports that may be dialed
 * @param limits how much at once
 * @param stall how long a tunnel whose VPS does not read may hold back the others of its stream
 * @param idleTimeout when a tunnel without traffic is ended; empty: never
 * @param keepAlive silence after which the VPS is probed; for as long again without an answer, and it is given up
 * @param drain how long tunnels go on after the gateway was told to stop
 * @param recordDays how long records of sessions are kept
 */
public record SshSettings(
        List<Subnet> allowedTargets,
        PortSet allowedPorts,
        Limits limits,
        Duration stall,
        Optional<Duration> idleTimeout,
        Duration keepAlive,
        Duration drain,
        int recordDays) {
    /** How long a VPS has to accept a connection. */
    public static final Duration DIAL_TIMEOUT = Duration.ofSeconds(5);

    /** How long a stream without a tunnel may be silent. */
    public static final Duration EMPTY_STREAM_TIMEOUT = Duration.ofMinutes(1);

    public SshSettings {
        allowedTargets = List.copyOf(allowedTargets);
    }

    /**
     * How much at once.
     *
     * @param connections of all streams together
     * @param connectionsPerStream of one stream
     * @param dials connections being made
     * @param bufferBytes held by all streams together
     */
    public record Limits(int connections, int connectionsPerStream, int dials, long bufferBytes) {}
}
