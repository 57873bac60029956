package cloud.obiente.vpsgateway.lab.api;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One gateway: its unary calls, and the way to a link. As {@link GatewayCalls}. */
public interface GatewayPort extends GatewayCalls {
    /**
     * Opens a link and registers.
     *
     * @param instance the id of the API instance
     * @param node the name of the node that the API believes the gateway to have
     * @param questions answers what the gateway asks over this link
     * @param onEnd called once when a link that was registered has ended, whichever way
     */
    CompletionStage<GatewayLink> register(String instance, String node, Questions questions, Runnable onEnd);

    /** What a gateway asks over a link. Called on the timeline's thread, and completed there. */
    interface Questions {
        /**
         * FindVPSByLease.
         *
         * @return empty when the API does not know; fails where it answers with an error
         */
        CompletionStage<Optional<Owner>> findVpsByLease(Optional<Ipv4Address> address, MacAddress mac);
    }

    /** Whose a MAC is. */
    record Owner(String vps, String organization) {}
}
