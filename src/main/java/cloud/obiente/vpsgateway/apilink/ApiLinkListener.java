package cloud.obiente.vpsgateway.apilink;

/** Hears what happens on links, for metrics. Called on {@code api-links}: must be quick and must not throw. */
public interface ApiLinkListener {
    /** What became of a request; the label of a metric. */
    enum RequestOutcome {
        DONE,
        /** The method said no. */
        FAILED,
        /** Too many were being worked on. */
        REFUSED
    }

    /** What became of a question; the label of a metric. */
    enum QuestionOutcome {
        FOUND,
        UNKNOWN,
        /** Nobody knew it, and a link failed, or was lost. */
        FAILED,
        /** Not in time. */
        UNANSWERED,
        /** An answer that came too late for the caller. */
        LATE,
        /** Not asked, because no API is connected. */
        NOBODY_TO_ASK,
        /** Its turn did not come while it waited. */
        POSTPONED
    }

    /** What the resolver did with a MAC; the label of a metric. */
    enum RebindOutcome {
        REBOUND,
        ADOPTED,
        /** The VPS is the API's, but not on this gateway. */
        LEFT_ALONE,
        /** The address could not be bound. */
        REFUSED
    }

    default void linkEnded(LinkCloseReason.Cause cause) {}

    default void nodeNameDisputed() {}

    /** Streams of one identity have begun to take each other's place in turn. */
    default void identityContested() {}

    default void requestEnded(RequestOutcome outcome) {}

    /** One more question to one link. */
    default void questionAsked() {}

    default void questionEnded(QuestionOutcome outcome) {}

    default void macResolved(RebindOutcome outcome) {}
}
