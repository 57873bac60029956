package cloud.obiente.vpsgateway.ssh;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** The tunnels that there are now, by number. Owns the numbers; any thread. What a tunnel is asked it answers on its loop. */
public final class LiveTunnels {
    private final Map<Long, Tunnel> byNumber = new ConcurrentHashMap<>();
    private final AtomicLong last = new AtomicLong();

    LiveTunnels() {}

    long add(Tunnel tunnel) {
        long number = last.incrementAndGet();
        byNumber.put(number, tunnel);
        return number;
    }

    void remove(long number) {
        byNumber.remove(number);
    }

    /** What each has done so far, the oldest first. */
    public CompletionStage<List<LiveSession>> sessions() {
        List<CompletableFuture<Optional<LiveSession>>> each = byNumber.values().stream()
                .map(tunnel -> onItsLoop(tunnel, Tunnel::soFar))
                .toList();
        return CompletableFuture.allOf(each.toArray(CompletableFuture[]::new)).thenApply(all -> {
            List<LiveSession> sessions = new ArrayList<>();
            each.forEach(one -> one.join().ifPresent(sessions::add));
            sessions.sort(Comparator.comparingLong(LiveSession::number));
            return sessions;
        });
    }

    /**
     * Ends one: both sides learn that it is over.
     *
     * @param why for the caller and the record
     * @return what it had done; empty when there is none of that number
     */
    public CompletionStage<Optional<LiveSession>> end(long number, String why) {
        Tunnel tunnel = byNumber.get(number);
        if (tunnel == null) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return onItsLoop(tunnel, found -> {
            LiveSession ended = found.soFar();
            found.abort(Tunnel.Notice.CLOSED, why);
            return ended;
        });
    }

    /** Empty while the gateway stops, when loops take no more tasks. */
    private static <T> CompletableFuture<Optional<T>> onItsLoop(Tunnel tunnel, Function<Tunnel, T> question) {
        CompletableFuture<Optional<T>> answer = new CompletableFuture<>();
        try {
            tunnel.loop().execute(() -> answer.complete(Optional.of(question.apply(tunnel))));
        } catch (RejectedExecutionException stopping) {
            answer.complete(Optional.empty());
        }
        return answer;
    }
}
