package cloud.obiente.vpsgateway.grpc.connect;

import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** Cuts a request's body into messages. Used by one call, on its event loop. */
interface MessageReader {
    /** More of the body. */
    void feed(Buffer chunk);

    /** The body is complete. */
    void end();

    /**
     * The next whole message, decompressed.
     *
     * @throws io.grpc.StatusRuntimeException when the body breaks the protocol; the reader is of no more use
     */
    Optional<byte[]> poll();

    /** Whether nothing that was fed still waits to be polled, not even part of a message. */
    boolean isEmpty();
}
