package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.apilink.ApiLinkListener.QuestionOutcome;
import cloud.obiente.vpsgateway.ipam.AllocationChange;
import cloud.obiente.vpsgateway.ipam.AllocationListener;
import cloud.obiente.vpsgateway.net.MacAddress;
import cloud.obiente.vpsgateway.v1.GatewayResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * What is asked of the API about MACs: whose turn it is, which links are asked, and what they said. VPSs can make up as many
 * MACs as they like, so everything here is bounded: how many wait, how many are asked about in a second and at once, how
 * many are remembered. Thread {@code api-links}, except where a method says otherwise.
 *
 * <p>Depends on no link, so that whatever serves the calls of links may ask; {@link ApiLinkRegistry} says which links there
 * are.
 */
public final class MacInquiries implements MacOwnerLookup, AllocationListener {
    private static final Logger LOG = Logger.getLogger(MacInquiries.class);
    /** After this the caller is told that nobody can say; a later answer of the API is remembered nevertheless. */
    static final Duration TIMEOUT = Duration.ofSeconds(15);
    /** For those who wait in the background, in all. */
    static final Duration BACKGROUND_TIMEOUT = Duration.ofMinutes(5);

    static final int MAX_BACKGROUND = 1_024;

    private final Executor loop;
    private final Clock steady;
    private final IntSupplier expectedNics;
    private final ApiLinkListener listener;
    private final LinkQuestions questions;
    private final FairQueue queue = new FairQueue(this::dropped);
    private final PortSorter sorter;
    private final QuestionRateLimiter budget;
    private final MacAnswerCache answers = new MacAnswerCache();
    private final Map<MacAddress, MacInquiry> inquiries = new HashMap<>();
    private final List<BiConsumer<MacAddress, MacAnswer.Found>> onFound = new ArrayList<>();
    private Supplier<List<ApiLink>> links = List::of;
    private int expected;
    private boolean dispatching;

    /**
     * @param loop runs tasks one after the other on {@code api-links}
     * @param steady measures how long something lasts
     * @param expectedNics how many unknown NICs are expected; read once a second
     */
    public MacInquiries(
            Executor loop, Clock steady, IntSupplier expectedNics, PortLookup ports, ApiLinkListener listener) {
        this.loop = loop;
        this.steady = steady;
        this.expectedNics = expectedNics;
        this.listener = listener;
        this.questions = new LinkQuestions(steady, listener);
        this.sorter = new PortSorter(loop, steady, ports, queue);
        this.budget = new QuestionRateLimiter(steady.instant());
    }

    /** To be called once, before the first link comes. */
    void askOver(Supplier<List<ApiLink>> registered) {
        links = registered;
    }

    /** Told of each MAC whose VPS has been found. To be called before the first link comes. */
    void onFound(BiConsumer<MacAddress, MacAnswer.Found> action) {
        onFound.add(action);
    }

    /** MACs that links are being asked about. */
    int inProgress() {
        return (int)
                inquiries.values().stream().filter(MacInquiry::isInProgress).count();
    }

    /** MACs whose turn has not come. */
    int waiting() {
        return queue.size();
    }

    @Override
    public CompletionStage<MacAnswer> whose(MacAddress mac, Duration maxAge) {
        CompletableFuture<MacAnswer> result = new CompletableFuture<>();
        loop.execute(() -> inBackground(mac, maxAge).thenAccept(result::complete));
        return result;
    }

    private CompletionStage<MacAnswer> inBackground(MacAddress mac, Duration maxAge) {
        Instant now = steady.instant();
        Optional<MacAnswer> known = answers.of(mac, now, maxAge);
        if (known.isPresent()) {
            return CompletableFuture.completedFuture(known.get());
        }
        if (cannotAsk() || !inquiries.containsKey(mac) && inquiries.size() >= MAX_BACKGROUND) {
            return CompletableFuture.completedFuture(new MacAnswer.Unavailable());
        }
        MacInquiry inquiry =
                inquiries.computeIfAbsent(mac, unasked -> new MacInquiry(mac, QuestionSource.Shared.BACKGROUND, now));
        if (!inquiry.isInProgress()) {
            queue.offer(mac, QuestionSource.Shared.BACKGROUND, now);
            dispatch();
        }
        return inquiry.result;
    }

    /**
     * A NIC waits for an address, and nobody knows whose it is.
     *
     * @return what is known already; else the MAC waits for its turn, and {@link #onFound} tells
     */
    Optional<MacAnswer> nicAsks(MacAddress mac) {
        Instant now = steady.instant();
        Optional<MacAnswer> known = answers.of(mac, now);
        MacInquiry inquiry = inquiries.get(mac);
        boolean inProgress = inquiry != null && inquiry.isInProgress();
        if (known.isEmpty() && !inProgress && !cannotAsk()) {
            queue.offer(mac, QuestionSource.Shared.UNSORTED, now);
            dispatch();
        }
        return known;
    }

    /** What is known of a MAC, without asking. */
    Optional<MacAnswer> known(MacAddress mac) {
        return answers.of(mac, steady.instant());
    }

    private boolean cannotAsk() {
        boolean nobody = links.get().isEmpty();
        if (nobody) {
            listener.questionEnded(QuestionOutcome.NOBODY_TO_ASK);
        }
        return nobody;
    }

    /**
     * The API has named a VPS, perhaps with these MACs: what it did not know until now it may know. Any thread; cheap.
     *
     * <p>Not only these MACs: the API allocates for one MAC, and boots the VPS with another that it has never named.
     */
    public void mentioned(Collection<MacAddress> macs) {
        loop.execute(() -> {
            macs.forEach(answers::forgetUnknown);
            answers.forgetUnknowns();
        });
    }

    /** A VPS that is new here may be one that the API did not know before. Any thread; cheap. */
    @Override
    public void changed(List<AllocationChange> changes) {
        if (changes.stream().anyMatch(change -> change.before().isEmpty())) {
            mentioned(List.of());
        }
    }

    /** The API has named these MACs, and no VPS that is new. Any thread; cheap. */
    public void listed(Collection<MacAddress> macs) {
        loop.execute(() -> macs.forEach(answers::forgetUnknown));
    }

    /** A link has registered: its database may know what others did not. */
    void linkRegistered() {
        answers.forgetUnknowns();
        dispatch();
    }

    void linkLost(ApiLink link) {
        questions.lost(link);
        dispatch();
    }

    void answered(ApiLink link, GatewayResponse response) {
        questions.answered(link, response);
        dispatch();
    }

    /** Called about every second. */
    void tick() {
        expected = expectedNics.getAsInt();
        questions.tick();
        Instant now = steady.instant();
        List.copyOf(inquiries.values()).forEach(inquiry -> review(inquiry, now));
        queue.prune(now);
        dispatch();
    }

    private void review(MacInquiry inquiry, Instant now) {
        List<ApiLink> unasked = LinkChoice.unasked(links.get(), inquiry.asked);
        if (!inquiry.isInProgress()) {
            if (unasked.isEmpty()) {
                conclude(inquiry);
            } else if (!now.isBefore(inquiry.begunAt.plus(BACKGROUND_TIMEOUT))) {
                settle(inquiry, new MacAnswer.Unavailable(), QuestionOutcome.POSTPONED);
            }
            return;
        }
        boolean late = inquiry.firstAskedAt
                .filter(at -> !now.isBefore(at.plus(TIMEOUT)))
                .isPresent();
        if (late && !inquiry.givenUp) {
            inquiry.givenUp = true;
            report(inquiry, new MacAnswer.Unavailable(), QuestionOutcome.UNANSWERED);
        }
        if (!unasked.isEmpty() && !now.isBefore(inquiry.lastAskedAt.plus(LinkQuestions.STALLED_AFTER))) {
            queue.offer(inquiry.mac, inquiry.source, now);
        }
    }

    /** Asks for as long as there is something to ask, somebody to ask, and budget. */
    private void dispatch() {
        if (dispatching) {
            return;
        }
        dispatching = true;
        try {
            Instant now = steady.instant();
            budget.refill(now, expected);
            while (budget.has() && links.get().stream().anyMatch(questions::hasSlot)) {
                Optional<FairQueue.Turn> turn = queue.next(now, maxPerSource(), this::canBeAsked);
                if (turn.isEmpty()) {
                    break;
                }
                budget.take();
                ask(turn.get(), now);
            }
        } finally {
            dispatching = false;
        }
        sorter.sortWaiting(this::dispatch);
    }

    /** While answers take long, others must not wait until one source's are all there. */
    private int maxPerSource() {
        int capacity = LinkChoice.capacity(links.get());
        return questions.areSlow() ? capacity / 2 : capacity;
    }

    private boolean canBeAsked(MacAddress mac) {
        return !next(mac).isEmpty();
    }

    private List<ApiLink> next(MacAddress mac) {
        MacInquiry inquiry = inquiries.get(mac);
        return LinkChoice.next(links.get(), inquiry == null ? Set.of() : inquiry.asked, questions);
    }

    private void ask(FairQueue.Turn turn, Instant now) {
        MacAddress mac = turn.mac();
        List<ApiLink> chosen = next(mac);
        MacInquiry inquiry = inquiries.computeIfAbsent(mac, unasked -> new MacInquiry(mac, turn.source(), now));
        inquiry.asking(turn, chosen, now);
        LOG.debugf("asking %d API instances which VPS has %s", chosen.size(), mac);
        chosen.forEach(link -> questions.ask(link, mac, answer -> answered(inquiry, link, answer)));
    }

    private void answered(MacInquiry inquiry, ApiLink link, MacAnswer answer) {
        if (!inquiry.awaits(link)) {
            listener.questionEnded(QuestionOutcome.LATE);
            return;
        }
        Instant now = steady.instant();
        if (answer instanceof MacAnswer.Found found) {
            List<FairQueue.Turn> ended = inquiry.foundBy(link);
            ended.forEach(turn -> queue.done(turn, turn.equals(ended.get(0)), now));
            budget.giveBack();
            settle(inquiry, found, QuestionOutcome.FOUND);
            return;
        }
        inquiry.notFoundBy(link, answer).ifPresent(turn -> queue.done(turn, false, now));
        if (inquiry.isInProgress()) {
            return;
        }
        if (LinkChoice.unasked(links.get(), inquiry.asked).isEmpty()) {
            conclude(inquiry);
        } else {
            queue.offer(inquiry.mac, inquiry.source, now);
        }
    }

    private void conclude(MacInquiry inquiry) {
        MacAnswer conclusion = inquiry.conclusion();
        settle(
                inquiry,
                conclusion,
                conclusion instanceof MacAnswer.NotFound ? QuestionOutcome.UNKNOWN : QuestionOutcome.FAILED);
    }

    private void settle(MacInquiry inquiry, MacAnswer answer, QuestionOutcome outcome) {
        inquiries.remove(inquiry.mac);
        queue.remove(inquiry.mac);
        report(inquiry, answer, inquiry.givenUp ? QuestionOutcome.LATE : outcome);
        if (answer instanceof MacAnswer.Found found) {
            onFound.forEach(action -> action.accept(inquiry.mac, found));
        }
    }

    private void report(MacInquiry inquiry, MacAnswer answer, QuestionOutcome outcome) {
        answers.record(inquiry.mac, answer, steady.instant());
        LOG.debugf("%s: %s (%s)", inquiry.mac, answer, outcome);
        listener.questionEnded(outcome);
        inquiry.result.complete(answer);
    }

    /** Its turn did not come, and will not. */
    private void dropped(MacAddress mac) {
        MacInquiry inquiry = inquiries.get(mac);
        if (inquiry == null) {
            listener.questionEnded(QuestionOutcome.POSTPONED);
        } else if (!inquiry.isInProgress()) {
            settle(inquiry, new MacAnswer.Unavailable(), QuestionOutcome.POSTPONED);
        }
    }
}
