package cloud.obiente.vpsgateway.connections;

import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How many frames of each kind a connection may send that cost us work and say nothing: little before it has shown the
 * secret, and generously much after that. Lives on the connection's event loop.
 */
final class FrameBudget {
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int WINDOW_UPDATE = 8;

    /** Until the secret is shown: what a client says before and beside its first calls, many times over. */
    private static final int UNAUTHENTICATED_CONTROL = 200;

    /** As many calls as a client may begin at once, all of which may have the secret. */
    private static final int UNAUTHENTICATED_HEADERS = 5_000;

    /** Each SSH session that ends resets a stream; enough for a thousand sessions a second. */
    private static final int CONTROL = 30_000;

    private static final int CONTROL_PER_SECOND = 1_000;

    /** Two for each piece of 16 KiB that we send, of a Gigabyte a second. */
    private static final int WINDOW_UPDATES = 1_000_000;

    private static final int WINDOW_UPDATES_PER_SECOND = 130_000;

    private final LongSupplier nanoTime;
    private int unauthenticatedControl = UNAUTHENTICATED_CONTROL;
    private int unauthenticatedHeaders = UNAUTHENTICATED_HEADERS;
    private Optional<Generous> generous = Optional.empty();

    private record Generous(TokenBucket resets, TokenBucket pings, TokenBucket windowUpdates, TokenBucket others) {}

    FrameBudget(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** The connection has shown the secret. */
    void widen() {
        long now = nanoTime.getAsLong();
        generous = Optional.of(new Generous(
                new TokenBucket(CONTROL, CONTROL_PER_SECOND, now),
                new TokenBucket(CONTROL, CONTROL_PER_SECOND, now),
                new TokenBucket(WINDOW_UPDATES, WINDOW_UPDATES_PER_SECOND, now),
                new TokenBucket(CONTROL, CONTROL_PER_SECOND, now)));
    }

    /**
     * A frame has come.
     *
     * @return what there were too many of
     */
    Optional<String> take(int type, int length) {
        if (type == DATA && length > 0) {
            return Optional.empty();
        }
        boolean within = generous.map(wide -> takeGenerously(wide, type)).orElseGet(() -> takeUnauthenticated(type));
        return within ? Optional.empty() : Optional.of(name(type));
    }

    private boolean takeUnauthenticated(int type) {
        return type == HEADERS ? unauthenticatedHeaders-- > 0 : unauthenticatedControl-- > 0;
    }

    private boolean takeGenerously(Generous wide, int type) {
        long now = nanoTime.getAsLong();
        return switch (type) {
            // Streams are counted where they are calls. A stream of one message that was ended by a frame of its own is
            // usual.
            case HEADERS, DATA -> true;
            case RST_STREAM -> wide.resets().take(now);
            case PING -> wide.pings().take(now);
            case WINDOW_UPDATE -> wide.windowUpdates().take(now);
            default -> wide.others().take(now);
        };
    }

    private static String name(int type) {
        return switch (type) {
            case DATA -> "empty DATA frames";
            case HEADERS -> "HEADERS";
            case RST_STREAM -> "resets";
            case SETTINGS -> "SETTINGS";
            case PING -> "PINGs";
            case WINDOW_UPDATE -> "window updates";
            default -> String.format(Locale.ROOT, "frames of type 0x%02x", type);
        };
    }
}
