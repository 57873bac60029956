package cloud.obiente.vpsgateway.ssh;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bytes that wait for their turn, in the order in which they came. Small chunks are merged: a caller that sends byte by byte
 * to somebody who does not read would otherwise cost hundreds of bytes of memory for each. Not thread-safe.
 */
public final class CoalescingQueue {
    private static final int SMALL_BYTES = 1 << 10;
    private static final int CHUNK_BYTES = 8 << 10;

    private final Deque<ByteBuffer> chunks = new ArrayDeque<>();
    /** The last piece is a chunk of our own making; any other may be part of something larger. */
    private boolean lastIsChunk;

    /** @param bytes not to be changed any more */
    public void add(ByteBuffer bytes) {
        ByteBuffer last = chunks.peekLast();
        boolean joinable = last != null && (lastIsChunk || last.remaining() <= SMALL_BYTES);
        if (!joinable || bytes.remaining() > SMALL_BYTES) {
            chunks.add(bytes);
            lastIsChunk = false;
        } else if (lastIsChunk && last.capacity() - last.limit() >= bytes.remaining()) {
            append(last, bytes);
        } else {
            addChunk(last, bytes);
        }
    }

    private void addChunk(ByteBuffer last, ByteBuffer bytes) {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES).limit(0);
        if (last.remaining() <= SMALL_BYTES) {
            chunks.removeLast();
            append(chunk, last);
        }
        append(chunk, bytes);
        chunks.add(chunk);
        lastIsChunk = true;
    }

    private static void append(ByteBuffer chunk, ByteBuffer bytes) {
        int end = chunk.limit();
        chunk.limit(end + bytes.remaining());
        chunk.put(end, bytes, bytes.position(), bytes.remaining());
    }

    public boolean isEmpty() {
        return chunks.isEmpty();
    }

    /** The next, which stays the first until it is removed; what is read of it is read. */
    public ByteBuffer first() {
        return chunks.element();
    }

    public ByteBuffer removeFirst() {
        return chunks.remove();
    }

    /** How many pieces wait. */
    int count() {
        return chunks.size();
    }
}
