package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.ipam.Caller;
import cloud.obiente.vpsgateway.v1.GatewayMessage;

/** The stream of one link. Used on {@code api-links} only; nothing here waits. */
public interface LinkTransport {
    /** Who is at the other end. */
    Caller peer();

    /** The host at the other end, as its address; empty when that is not known. */
    String host();

    /** Whether a message would leave soon; when that changes to yes, {@link LinkEvents#writable()} is called. */
    boolean isReady();

    /** Without effect once the stream has ended. */
    void send(GatewayMessage message);

    /** Lets one more message in. */
    void requestOne();

    /** How often the peer has shown that its connection lives by other means than messages. */
    long pings();

    /**
     * Asks the peer to show that its connection lives; if it does, {@link #pings()} grows.
     *
     * @return whether it could be asked
     */
    boolean probe();

    /** Ends the stream; without effect once it has ended. */
    void end(LinkCloseReason end);
}
