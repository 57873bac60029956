package cloud.obiente.vpsgateway.lab.api;

import java.util.List;
import java.util.concurrent.CompletionStage;

/** A registered stream to a gateway; as {@link GatewayCalls} besides. */
public interface GatewayLink extends GatewayCalls {
    /** Sends the node's list; completes with what the gateway says it has discovered. */
    CompletionStage<List<LeaseEntry>> sync(List<LeaseEntry> list);

    /** As if the API's process was killed: the connection breaks, nothing is said. */
    void breakOff();
}
