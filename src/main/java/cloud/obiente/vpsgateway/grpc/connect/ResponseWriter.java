package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Future;
import java.util.Optional;

/** How one protocol puts the answer of one call on the wire. Used on the call's event loop. */
interface ResponseWriter {
    /** Response headers; sent with the first bytes that follow, or by {@link #flushHead}. */
    void writeHead(Metadata headers, MessageCompression compression);

    /** Sends the headers now, where the protocol lets them go before the end. */
    void flushHead();

    /** @return done when the message has left this process */
    Future<Void> writeMessage(OutgoingMessage message);

    /**
     * Ends the response.
     *
     * @param last a message that nothing but the end follows, so that both can travel together
     * @return done when the last bytes have left this process
     */
    Future<Void> writeEnd(Optional<OutgoingMessage> last, Status status, Metadata trailers);
}
