package cloud.obiente.vpsgateway.apilink;

import java.util.Locale;

/**
 * Why a link ended.
 *
 * @param text for people
 */
public record LinkCloseReason(Cause cause, String text) {

    /** For programs; the label of a metric. */
    public enum Cause {
        /** The API instance closed the stream. */
        LEFT(true),
        /** A newer stream of the same instance took its place: of the same host, or because this one's peer was dead. */
        REPLACED(true),
        /** The gateway stops. */
        STOPPING(true),
        /** The connection broke, the call was cancelled, or a message could not be read at all. */
        LOST(false),
        /** A message that the link's rules do not allow. */
        MALFORMED(false),
        /** No registration in time. */
        UNREGISTERED(false),
        /** Nothing was heard for too long. */
        SILENT(false),
        /** The instance does not read what it is sent. */
        NOT_READING(false),
        /** There were too many links already. */
        TOO_MANY(false);

        private final boolean polite;

        Cause(boolean polite) {
            this.polite = polite;
        }

        /** Whether the stream ends well, and nobody needs to look into it. */
        public boolean isOrderly() {
            return polite;
        }

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
