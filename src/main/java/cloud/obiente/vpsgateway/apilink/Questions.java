package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vps.v1.FindVPSByLeaseRequest;
import cloud.obiente.vps.v1.FindVPSByLeaseResponse;
import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.ipam.OrganizationId;
import cloud.obiente.vpsgateway.ipam.VpsId;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayMessage;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What the gateway asks of the API: every link is asked, the first answer that names a VPS counts. Owns the questions that
 * are pending. Thread {@code api-links}.
 */
final class Questions {
    static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String METHOD = "FindVPSByLease";
    private static final Logger LOG = Logger.getLogger(Questions.class);

    private final Supplier<List<Link>> links;
    private final Clock clock;
    private final ApiLinkListener listener;
    private final Map<String, Question> pending = new LinkedHashMap<>();
    private long asked;

    /** @param links those that can be asked now */
    Questions(Supplier<List<Link>> links, Clock clock, ApiLinkListener listener) {
        this.links = links;
        this.clock = clock;
        this.listener = listener;
    }

    int pending() {
        return pending.size();
    }

    /**
     * Whose is this MAC?
     *
     * @param leased the address that it has, if any
     * @return empty when no API is connected
     */
    Optional<CompletionStage<Answer>> whose(MacAddress mac, Optional<Ipv4Address> leased) {
        List<Link> all = links.get();
        if (all.isEmpty()) {
            listener.questionEnded(QuestionOutcome.NOBODY_TO_ASK);
            return Optional.empty();
        }
        asked++;
        String id = "find-vps-" + asked;
        Question question = new Question(clock.instant().plus(PATIENCE), all);
        pending.put(id, question);
        GatewayMessage message = Messages.request(
                id,
                METHOD,
                FindVPSByLeaseRequest.newBuilder()
                        .setMac(mac.toString())
                        .setIp(leased.map(Ipv4Address::toString).orElse(""))
                        .build()
                        .toByteString());
        all.forEach(link -> link.send(message));
        return Optional.of(question.answer);
    }

    void answered(Link link, GatewayResponse response) {
        Question question = pending.get(response.getRequestId());
        if (question == null || !question.awaited.remove(link)) {
            listener.questionEnded(QuestionOutcome.LATE);
            return;
        }
        Answer answer = read(link, response);
        if (answer instanceof Answer.Found) {
            end(response.getRequestId(), answer, QuestionOutcome.FOUND);
            return;
        }
        question.denied |= answer instanceof Answer.Unknown;
        endIfAllHaveSpoken(response.getRequestId(), question);
    }

    private static Answer read(Link link, GatewayResponse response) {
        if (!response.getSuccess()) {
            LOG.warnf("%s cannot say whose a MAC is: %s", link.name(), OneLine.of(response.getError()));
            return new Answer.None();
        }
        try {
            FindVPSByLeaseResponse found = FindVPSByLeaseResponse.parseFrom(response.getPayload());
            return found.getVpsId().isEmpty()
                    ? new Answer.Unknown()
                    : new Answer.Found(VpsId.parse(found.getVpsId()), OrganizationId.parse(found.getOrganizationId()));
        } catch (InvalidProtocolBufferException | IllegalArgumentException unreadable) {
            LOG.warnf("%s gave an answer that makes no sense: %s", link.name(), OneLine.of(unreadable.getMessage()));
            return new Answer.None();
        }
    }

    /** The link answers nothing any more. */
    void lost(Link link) {
        Map.copyOf(pending).forEach((id, question) -> {
            if (question.awaited.remove(link)) {
                endIfAllHaveSpoken(id, question);
            }
        });
    }

    private void endIfAllHaveSpoken(String id, Question question) {
        if (!question.awaited.isEmpty()) {
            return;
        }
        if (question.denied) {
            end(id, new Answer.Unknown(), QuestionOutcome.UNKNOWN);
        } else {
            end(id, new Answer.None(), QuestionOutcome.FAILED);
        }
    }

    void tick() {
        Instant now = clock.instant();
        Map.copyOf(pending).forEach((id, question) -> {
            if (!now.isBefore(question.deadline)) {
                end(id, new Answer.None(), QuestionOutcome.UNANSWERED);
            }
        });
    }

    private void end(String id, Answer answer, QuestionOutcome outcome) {
        Question question = pending.remove(id);
        listener.questionEnded(outcome);
        question.answer.complete(answer);
    }
}
