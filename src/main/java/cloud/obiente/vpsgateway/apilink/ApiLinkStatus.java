package cloud.obiente.vpsgateway.apilink;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The links at one moment. Immutable; any thread.
 *
 * @param links those that are registered, oldest first
 * @param node what the API calls this node; the newest registration's word
 * @param lastError the last link that did not end well
 * @param requestsRunning requests of all links that are being worked on
 * @param questionsPending MACs that links are being asked about
 * @param questionsWaiting MACs whose turn to be asked about has not come
 * @param contested which streams take each other's place in turn; for people
 */
public record ApiLinkStatus(
        List<Member> links,
        Optional<String> node,
        Optional<Failure> lastError,
        int requestsRunning,
        int questionsPending,
        int questionsWaiting,
        List<String> contested) {
    static final ApiLinkStatus NONE =
            new ApiLinkStatus(List.of(), Optional.empty(), Optional.empty(), 0, 0, 0, List.of());

    public ApiLinkStatus {
        links = List.copyOf(links);
        contested = List.copyOf(contested);
    }

    /**
     * A registered link.
     *
     * @param instance the API instance's id; its address where it has none
     * @param host its address; may be empty
     * @param version of its program
     * @param since when it registered
     */
    public record Member(String instance, String host, String version, Instant since) {}

    /** A link that did not end well. */
    public record Failure(Instant at, LinkCloseReason end) {}
}
