package cloud.obiente.vpsgateway.apilink;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The way of one MAC from link to link, until somebody knows it or all have spoken. Thread {@code api-links}. */
final class MacInquiry {
    final MacAddress mac;
    final Instant begunAt;
    final CompletableFuture<MacAnswer> result = new CompletableFuture<>();
    final Set<ApiLink> asked = new HashSet<>();
    QuestionSource source;
    Optional<Instant> firstAskedAt = Optional.empty();
    Instant lastAskedAt = Instant.MIN;
    /** Whether the caller was told that nobody could say; an answer is still accepted. */
    boolean givenUp;

    private final Map<ApiLink, OpenTurn> unanswered = new HashMap<>();
    private boolean denied;
    private boolean silent;

    /** A turn in the queue that links are being asked for. */
    private static final class OpenTurn {
        final FairQueue.Turn turn;
        int links;

        OpenTurn(FairQueue.Turn turn, int links) {
            this.turn = turn;
            this.links = links;
        }
    }

    MacInquiry(MacAddress mac, QuestionSource source, Instant begunAt) {
        this.mac = mac;
        this.source = source;
        this.begunAt = begunAt;
    }

    boolean isInProgress() {
        return !unanswered.isEmpty();
    }

    void asking(FairQueue.Turn turn, Iterable<ApiLink> links, Instant now) {
        OpenTurn open = new OpenTurn(turn, 0);
        for (ApiLink link : links) {
            asked.add(link);
            unanswered.put(link, open);
            open.links++;
        }
        source = turn.source();
        firstAskedAt = firstAskedAt.or(() -> Optional.of(now));
        lastAskedAt = now;
    }

    boolean awaits(ApiLink link) {
        return unanswered.containsKey(link);
    }

    /** @return the turn that has ended without a VPS by this link's not knowing any */
    Optional<FairQueue.Turn> notFoundBy(ApiLink link, MacAnswer answer) {
        denied |= answer instanceof MacAnswer.NotFound;
        silent |= answer instanceof MacAnswer.Unavailable;
        OpenTurn open = unanswered.remove(link);
        open.links--;
        return open.links == 0 ? Optional.of(open.turn) : Optional.empty();
    }

    /** Somebody knows: nobody else is waited for. @return the turns that have ended by that; the first one found it */
    List<FairQueue.Turn> foundBy(ApiLink link) {
        OpenTurn finder = unanswered.remove(link);
        Set<OpenTurn> others = new HashSet<>(unanswered.values());
        others.remove(finder);
        unanswered.clear();
        List<FairQueue.Turn> ended = new ArrayList<>();
        ended.add(finder.turn);
        others.forEach(other -> ended.add(other.turn));
        return ended;
    }

    /** What is known when nobody is left to ask: silence is never a no. */
    MacAnswer conclusion() {
        return denied && !silent ? new MacAnswer.NotFound() : new MacAnswer.Unavailable();
    }
}
