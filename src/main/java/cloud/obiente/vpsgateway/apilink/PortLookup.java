package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.hostnet.BridgePort;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Behind which port of the bridge a NIC is. */
public interface PortLookup {
    /** Where there is no bridge. */
    PortLookup NO_BRIDGE = macs -> CompletableFuture.completedFuture(Map.of());

    /**
     * Does not wait.
     *
     * @return the ports of those MACs that have a known one
     */
    CompletionStage<Map<MacAddress, BridgePort>> portsOf(Set<MacAddress> macs);
}
