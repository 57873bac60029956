package cloud.obiente.vpsgateway.connections;

/** Hears of connections that end by our doing; called on their event loops, must be short and thread-safe. */
public interface ConnectionListener {

    /** One was ended. */
    void ended(CloseReason reason);

    /** A new one was closed at once, because there was no place and nobody to make one. */
    void refused();

    /** Why a connection is ended. */
    enum CloseReason {
        /** It carried no call for the idle timeout. */
        IDLE,
        /** It carried no call, for longer than any other, and its place was needed. */
        EVICTED
    }
}
