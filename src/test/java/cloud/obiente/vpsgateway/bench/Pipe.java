package cloud.obiente.vpsgateway.bench;

import java.io.IOException;

/** A connection to a VPS's port, by whatever way. For one thread. */
interface Pipe extends AutoCloseable {
    /** Returns when the way has taken the bytes. */
    void send(byte[] bytes) throws IOException;

    /** Nothing more will be sent. */
    void finish() throws IOException;

    /** Waits until so many bytes in all have come back. */
    void awaitReceived(long bytes) throws IOException;

    @Override
    void close() throws IOException;
}
