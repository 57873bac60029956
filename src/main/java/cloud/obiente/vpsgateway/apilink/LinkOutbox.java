package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.v1.GatewayMessage;
import java.util.ArrayDeque;
import java.util.Queue;

/** The messages of one link that its instance has not accepted yet. Thread {@code api-links}. */
final class LinkOutbox {
    static final int MAX_MESSAGES = 1_024;
    static final long MAX_BYTES = 16L << 20;

    private final LinkTransport transport;
    private final Queue<GatewayMessage> waiting = new ArrayDeque<>();
    private long waitingBytes;

    LinkOutbox(LinkTransport transport) {
        this.transport = transport;
    }

    /** Sends now or later. False, and not kept, when too much waits already. */
    boolean offer(GatewayMessage message) {
        if (waiting.isEmpty() && transport.isReady()) {
            transport.send(message);
            return true;
        }
        // One message is always taken, however large: a whole answer must be possible.
        if (!waiting.isEmpty()
                && (waiting.size() >= MAX_MESSAGES || waitingBytes + message.getSerializedSize() > MAX_BYTES)) {
            return false;
        }
        waiting.add(message);
        waitingBytes += message.getSerializedSize();
        return true;
    }

    /** Sends as much as the instance accepts. */
    void flush() {
        while (!waiting.isEmpty() && transport.isReady()) {
            GatewayMessage next = waiting.remove();
            waitingBytes -= next.getSerializedSize();
            transport.send(next);
        }
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    long waitingBytes() {
        return waitingBytes;
    }
}
