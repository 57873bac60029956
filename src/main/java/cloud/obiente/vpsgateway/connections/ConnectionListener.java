package cloud.obiente.vpsgateway.connections;

/** Hears of connections that end by our doing; called on their event loops, must be short and thread-safe. */
public interface ConnectionListener {

    /** One was ended. */
    void ended(CloseReason reason);

    /** A new one was closed at once, because there was no place and nobody to make one. */
    void refused();

    /** A new one was closed at once, because of where it came from. */
    void blocked(Block why);

    /** Why a connection is ended. */
    enum CloseReason {
        /** It carried no call for the idle timeout. */
        IDLE,
        /** It carried no call, for longer than any other, and its place was needed; or it had shown no secret. */
        EVICTED,
        /** It has not shown the secret in time, or sent no request to the management port. */
        UNPROVEN,
        /** It sent more frames than it may that say nothing, or more calls without the secret. */
        FLOOD
    }

    /** Why an address finds the port closed. */
    enum Block {
        /** It has to wait, or comes too often without having shown the secret. */
        BANNED,
        /** The port is not for it. */
        SOURCE
    }
}
