package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ssh.SshSettings;
import cloud.obiente.vpsgateway.ssh.Tunnels;
import io.netty.channel.EventLoop;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;

/**
 * What a bastion needs from the rest of the gateway.
 *
 * @param tunnels to which its channels belong
 * @param loops event loops for tunnels, one for each call
 * @param writers threads that encrypt; the bastion's own, which ends them
 * @param admission who may connect
 * @param listener hears of logins
 * @param stateDirectory where a host key of our own is kept
 * @param limits those of the tunnels
 * @param keepAlive silence before a client is probed; the probes then take as long again
 * @param clock for expiry times
 * @param zone of expiry times that name none
 */
public record BastionDependencies(
        Tunnels tunnels,
        Supplier<EventLoop> loops,
        ExecutorService writers,
        ConnectionAdmission admission,
        BastionListener listener,
        Path stateDirectory,
        SshSettings.Limits limits,
        Duration keepAlive,
        Clock clock,
        ZoneId zone) {}
