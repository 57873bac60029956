package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Attributes;

/**
 * What a {@link io.grpc.ServerCall} of this adapter can tell beyond that class: how much of what was sent to the caller is
 * still on its way. In the call's attributes, so that interceptors do not hide it.
 */
public interface OutboundBacklog {
    /** The key in {@link io.grpc.ServerCall#getAttributes()}. */
    Attributes.Key<OutboundBacklog> KEY = Attributes.Key.create("outbound-backlog");

    /** Bytes sent that have not left yet. Any thread. */
    int bytes();

    /** Sets who is called, on the call's event loop, each time when bytes have left. */
    void onShrunk(Runnable observer);
}
