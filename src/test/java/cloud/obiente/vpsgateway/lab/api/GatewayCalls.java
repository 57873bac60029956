package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * What the API calls at a gateway. Called on the timeline's thread, and completed there; a stage fails when the gateway refused
 * or could not be reached in time.
 */
public interface GatewayCalls {
    CompletionStage<Ipv4Address> allocate(String vps, String organization, MacAddress mac);

    /** Every private address of the VPS. */
    CompletionStage<Void> release(String vps);

    /** Unfiltered, in the gateway's order. */
    CompletionStage<List<LeaseEntry>> listIps();

    CompletionStage<Void> addStaticLease(LeaseEntry lease);

    CompletionStage<Void> removeStaticLease(LeaseEntry lease);
}
