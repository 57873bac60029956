package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * FindVPSByLease on single links. Owns what each link has been asked and not answered; few at once, because each may cost
 * the API a scan of all its VMs. Thread {@code api-links}.
 */
final class LinkQuestions {
    static final int MAX_PER_LINK = 8;
    /** A link that has not answered within this time is not counted on while there are others. */
    static final Duration STALLED_AFTER = Duration.ofSeconds(5);
    /** For so long the API is assumed to work on a question, even if nobody waits for the answer any more. */
    static final Duration MAX_ANSWER_TIME = Duration.ofMinutes(1);

    private static final Duration SLOW = Duration.ofSeconds(3);
    private static final String METHOD = "FindVPSByLease";
    private static final Logger LOG = Logger.getLogger(LinkQuestions.class);

    /** @param then told once; {@link MacAnswer.Unavailable} when the link cannot say, is lost, or takes too long */
    private record Asked(Instant at, Consumer<MacAnswer> then) {}

    private final Clock clock;
    private final ApiLinkListener listener;
    /** Oldest first, by request id. */
    private final Map<ApiLink, Map<String, Asked>> pending = new HashMap<>();

    private Duration lastAnswerTook = Duration.ZERO;
    private long asked;

    LinkQuestions(Clock clock, ApiLinkListener listener) {
        this.clock = clock;
        this.listener = listener;
    }

    int pendingOn(ApiLink link) {
        return pending.getOrDefault(link, Map.of()).size();
    }

    boolean hasSlot(ApiLink link) {
        return pendingOn(link) < MAX_PER_LINK;
    }

    boolean isStalled(ApiLink link) {
        return oldestAge(pending.getOrDefault(link, Map.of())).compareTo(STALLED_AFTER) >= 0;
    }

    /** Whether answers take so long now that a source with all the slots would keep others waiting. */
    boolean areSlow() {
        return lastAnswerTook.compareTo(SLOW) > 0
                || pending.values().stream()
                        .anyMatch(ofLink -> oldestAge(ofLink).compareTo(SLOW) > 0);
    }

    private Duration oldestAge(Map<String, Asked> ofLink) {
        return ofLink.values().stream()
                .findFirst()
                .map(oldest -> Duration.between(oldest.at(), clock.instant()))
                .orElse(Duration.ZERO);
    }

    /** Only the MAC is evidence: where the API does not know it, it would take a row with the address, which may be old. */
    void ask(ApiLink link, MacAddress mac, Consumer<MacAnswer> then) {
        asked++;
        String id = "find-vps-" + asked;
        pending.computeIfAbsent(link, unasked -> new LinkedHashMap<>()).put(id, new Asked(clock.instant(), then));
        listener.questionAsked();
        link.send(LinkMessages.request(
                id,
                METHOD,
                FindVPSByLeaseRequest.newBuilder()
                        .setMac(mac.toString())
                        .build()
                        .toByteString()));
    }

    void answered(ApiLink link, GatewayResponse response) {
        Asked question = pending.getOrDefault(link, Map.of()).remove(response.getRequestId());
        if (question == null) {
            listener.questionEnded(QuestionOutcome.LATE);
            return;
        }
        lastAnswerTook = Duration.between(question.at(), clock.instant());
        question.then().accept(read(link, response));
    }

    private static MacAnswer read(ApiLink link, GatewayResponse response) {
        if (!response.getSuccess()) {
            LOG.warnf("%s cannot say whose a MAC is: %s", link.name(), LogText.singleLine(response.getError()));
            return new MacAnswer.Unavailable();
        }
        try {
            FindVPSByLeaseResponse found = FindVPSByLeaseResponse.parseFrom(response.getPayload());
            return found.getVpsId().isEmpty()
                    ? new MacAnswer.NotFound()
                    : new MacAnswer.Found(
                            VpsId.parse(found.getVpsId()), OrganizationId.parse(found.getOrganizationId()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
            LOG.warnf(
                    "%s gave an answer that makes no sense: %s",
                    link.name(), LogText.singleLine(unreadable.getMessage()));
            return new MacAnswer.Unavailable();
        }
    }

    /** The link answers nothing any more. */
    void lost(ApiLink link) {
        Map<String, Asked> unanswered = pending.remove(link);
        if (unanswered != null) {
            List.copyOf(unanswered.values()).forEach(question -> question.then().accept(new MacAnswer.Unavailable()));
        }
    }

    void tick() {
        Instant now = clock.instant();
        for (Map<String, Asked> ofLink : List.copyOf(pending.values())) {
            Map.copyOf(ofLink).forEach((id, question) -> {
                if (!now.isBefore(question.at().plus(MAX_ANSWER_TIME))) {
                    ofLink.remove(id);
                    question.then().accept(new MacAnswer.Unavailable());
                }
            });
        }
    }
}
