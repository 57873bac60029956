package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.app.config.ConfigError;
import cloud.obiente.vpsgateway.app.config.ConfigResult;
import cloud.obiente.vpsgateway.app.config.GatewaySettings;
import cloud.obiente.vpsgateway.hostnet.ChildTools;
import cloud.obiente.vpsgateway.hostnet.HostTools;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** All checks, in the order in which an operator mends what they find. Blocks. */
public final class HostChecks {
    private static final Duration TOOL_TIMEOUT = Duration.ofSeconds(5);

    private final HostView host;
    private final Clock clock;

    /** Of this host. */
    public HostChecks() {
        this(Path.of("/proc"), new ChildTools(TOOL_TIMEOUT), Clock.systemUTC());
    }

    HostChecks(Path proc, HostTools tools, Clock clock) {
        this.host = new HostView(proc, tools);
        this.clock = clock;
    }

    /**
     * What a gateway with these settings needs of this host itself; takes a fraction of a second.
     *
     * @param written as read from the operator's variables
     * @param running whether a gateway runs with that state directory: its ports are its own then
     */
    public List<Finding> ofThisHost(ConfigResult written, boolean running) {
        if (written instanceof ConfigResult.Invalid invalid) {
            return invalid.problems().stream().map(HostChecks::wrong).toList();
        }
        ConfigResult.Valid valid = (ConfigResult.Valid) written;
        GatewaySettings settings = valid.settings();
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("settings", "complete and valid"));
        valid.warnings()
                .forEach(warning -> findings.add(Finding.warning(
                        "settings", warning, "what is meant does not hold", "correct it; docs/configuration.md")));
        findings.addAll(new StateChecks(host, clock).of(settings.dhcp().stateDirectory()));
        findings.addAll(new ProgramChecks(host).of(settings));
        findings.addAll(new NetworkChecks(host).of(settings));
        if (running) {
            findings.add(Finding.ok("ports", "a gateway runs here, and has them"));
        } else {
            findings.addAll(new PortChecks(host).of(settings));
        }
        return findings;
    }

    /**
     * The same, and who else is there: other DHCP servers, where no gateway of ours runs that would answer, and the upstream
     * resolvers. Takes seconds.
     */
    public List<Finding> ofAll(ConfigResult written, boolean running) {
        List<Finding> findings = new ArrayList<>(ofThisHost(written, running));
        if (written instanceof ConfigResult.Valid valid) {
            if (!running) {
                new NetworkChecks(host).otherServers(valid.settings().dhcp()).ifPresent(findings::add);
            }
            findings.addAll(ResolverChecks.of(valid.settings().dhcp().upstreamDns()));
        }
        return findings;
    }

    private static Finding wrong(ConfigError error) {
        return Finding.noStart(
                "settings",
                error.toString(),
                "the gateway does not start (exit code 78)",
                "correct " + error.variable());
    }
}
