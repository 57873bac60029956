package cloud.obiente.vpsgateway.app;

import cloud.obiente.vpsgateway.apilink.PortLookup;
import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.hostnet.BridgePorts;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Reads the bridge's ports on the thread {@code bridge-ports}, which there is only while they are asked for. Any thread. */
final class BridgePortReader implements PortLookup {
    private static final long IDLE_SECONDS = 10;

    private final BridgePorts ports;
    private final Executor thread;

    BridgePortReader(BridgePorts ports) {
        this.ports = ports;
        ThreadPoolExecutor single =
                new ThreadPoolExecutor(1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread made = new Thread(work, "bridge-ports");
                    made.setDaemon(true);
                    return made;
                });
        single.allowCoreThreadTimeOut(true);
        this.thread = single;
    }

    @Override
    public CompletionStage<Map<MacAddress, BridgePort>> portsOf(Set<MacAddress> macs) {
        return CompletableFuture.supplyAsync(() -> ports.portsOf(macs), thread);
    }
}
