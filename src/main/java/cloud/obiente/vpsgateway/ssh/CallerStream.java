package cloud.obiente.vpsgateway.ssh;

/** The caller's end of a stream, as the tunnels see it. Used on the stream's event loop only; calls return at once. */
public interface CallerStream {

    /** The tunnel has reached its VPS. */
    void connected(String id);

    /** @param bytes from the VPS; the receiver's from now on */
    void data(String id, byte[] bytes);

    /** There is no such tunnel, or none any more. */
    void failed(String id, String reason);

    /** The tunnel must not be, or cannot be now; nothing was dialed. */
    default void refused(String id, String reason) {
        failed(id, reason);
    }

    /** The VPS has taken bytes of the caller. */
    default void taken(String id, int bytes) {}

    /** @param reason empty when it ended as tunnels do, with all that the VPS has sent */
    void closed(String id, String reason);

    /** One more message is welcome. */
    void askForOne();

    /** Nothing more will be sent, and nothing more is wanted. */
    void complete();

    /** Whether the caller keeps up with what is sent to it. */
    boolean isReady();

    /** The most that may be read from the VPS at once, at least 1; asked often. */
    default int readCapacity() {
        return Integer.MAX_VALUE;
    }

    /** Bytes of the caller that may come and wait in front of the stream although none were asked for; never changes. */
    default int windowBytes() {
        return 0;
    }

    /** Bytes sent to the caller that have not left yet. */
    int backlogBytes();
}
