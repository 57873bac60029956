package cloud.obiente.vpsgateway.ops;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener;
import cloud.obiente.vpsgateway.apilink.ApiLinkRegistry;
import cloud.obiente.vpsgateway.apilink.ApiLinkStatus;
import cloud.obiente.vpsgateway.apilink.LinkCloseReason;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/** The meters of the links to the API. Thread-safe, because the registry is. */
public final class ApiLinkMeters implements ApiLinkListener {
    private final MeterRegistry registry;

    public ApiLinkMeters(MeterRegistry registry) {
        this.registry = registry;
        for (LinkCloseReason.Cause cause : LinkCloseReason.Cause.values()) {
            ends(cause);
        }
        for (RequestOutcome outcome : RequestOutcome.values()) {
            requests(outcome);
        }
        for (QuestionOutcome outcome : QuestionOutcome.values()) {
            questions(outcome);
        }
        for (RebindOutcome outcome : RebindOutcome.values()) {
            rebindOutcomes(outcome);
        }
        disputes();
        contests();
        asked();
    }

    /** Registers what is read at each scrape. */
    public void watch(ApiLinkRegistry links, Clock clock) {
        gauge("vps_gateway_api_links", "API instances that are connected", () -> links.status()
                .links()
                .size());
        gauge(
                "vps_gateway_api_link_oldest_seconds",
                "Since the longest connected instance registered; 0 without one",
                () -> age(links.status(), clock, members -> members.get(0)));
        gauge(
                "vps_gateway_api_link_newest_seconds",
                "Since the last connected instance registered; 0 without one",
                () -> age(links.status(), clock, members -> members.get(members.size() - 1)));
        gauge(
                "vps_gateway_api_last_error_timestamp_seconds",
                "When a link last ended badly, in Unix time; 0 for never",
                () -> links.status()
                        .lastError()
                        .map(failure -> failure.at().toEpochMilli() / 1000.0)
                        .orElse(0.0));
        gauge("vps_gateway_api_requests_running", "Requests over links that are being worked on", () -> links.status()
                .requestsRunning());
        gauge("vps_gateway_api_questions_pending", "MACs that the API is being asked about", () -> links.status()
                .questionsPending());
        gauge(
                "vps_gateway_api_questions_waiting",
                "MACs whose turn to be asked about has not come",
                () -> links.status().questionsWaiting());
    }

    private interface Choice {
        ApiLinkStatus.Member of(List<ApiLinkStatus.Member> members);
    }

    private static double age(ApiLinkStatus status, Clock clock, Choice choice) {
        List<ApiLinkStatus.Member> members = status.links();
        return members.isEmpty() ? 0 : seconds(choice.of(members).since(), clock.instant());
    }

    private static double seconds(Instant since, Instant now) {
        return Duration.between(since, now).toMillis() / 1000.0;
    }

    @Override
    public void linkEnded(LinkCloseReason.Cause cause) {
        ends(cause).increment();
    }

    @Override
    public void nodeNameDisputed() {
        disputes().increment();
    }

    @Override
    public void identityContested() {
        contests().increment();
    }

    @Override
    public void requestEnded(RequestOutcome outcome) {
        requests(outcome).increment();
    }

    @Override
    public void questionAsked() {
        asked().increment();
    }

    @Override
    public void questionEnded(QuestionOutcome outcome) {
        questions(outcome).increment();
    }

    @Override
    public void macResolved(RebindOutcome outcome) {
        rebindOutcomes(outcome).increment();
    }

    private Counter ends(LinkCloseReason.Cause cause) {
        return counter("vps_gateway_api_link_ends", "Links that ended", "cause", cause.label());
    }

    private Counter requests(RequestOutcome outcome) {
        return counter("vps_gateway_api_requests", "Requests and syncs over links", "outcome", label(outcome));
    }

    private Counter questions(QuestionOutcome outcome) {
        return counter("vps_gateway_api_questions", "Questions to the API whose a MAC is", "outcome", label(outcome));
    }

    private Counter rebindOutcomes(RebindOutcome outcome) {
        return counter(
                "vps_gateway_healings", "MACs without a reservation whose VPS was found", "what", label(outcome));
    }

    private Counter asked() {
        return Counter.builder("vps_gateway_api_questions_asked")
                .description("Questions that API instances were sent, each instance counted")
                .register(registry);
    }

    private Counter contests() {
        return Counter.builder("vps_gateway_api_identity_contests")
                .description("Times that streams of one API instance's name began to take each other's place in turn")
                .register(registry);
    }

    private Counter disputes() {
        return Counter.builder("vps_gateway_api_node_name_disputes")
                .description("Registrations that contradicted another instance about this node's name")
                .register(registry);
    }

    private Counter counter(String name, String description, String label, String value) {
        return Counter.builder(name).description(description).tag(label, value).register(registry);
    }

    private static String label(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder(name, value).description(description).register(registry);
    }
}
