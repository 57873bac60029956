package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.v1.GatewayMessage;

/** What happens on the stream of one link, reported by the server of the stream. Any thread, in the order of the events. */
public interface LinkEvents {
    void received(GatewayMessage message);

    /** {@link LinkTransport#isReady()} says yes again. */
    void writable();

    /** The instance has closed its side. */
    void left();

    /** The stream has ended without us. */
    void lost(String why);
}
