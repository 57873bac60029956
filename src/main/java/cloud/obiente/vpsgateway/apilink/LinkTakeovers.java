package cloud.obiente.vpsgateway.apilink;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which streams take each other's place in turn: two processes of one host with one name, each of which comes back a few
 * seconds after it was replaced, for ever. Thread {@code api-links}.
 */
final class LinkTakeovers {
    /** So many within {@link #WINDOW} are no coincidence. */
    static final int MIN_TAKEOVERS = 3;

    static final Duration WINDOW = Duration.ofMinutes(1);
    /** An episode is over when nothing has happened for so long. */
    static final Duration EPISODE_END = Duration.ofMinutes(5);

    private static final int MAX_IDENTITIES = 64;

    private record Identity(String instance, String node, String host) {}

    private static final class Episode {
        final Deque<Instant> last = new ArrayDeque<>();
        final String description;
        boolean noted;

        Episode(String description) {
            this.description = description;
        }

        boolean isOver(Instant now) {
            return !now.isBefore(last.getLast().plus(EPISODE_END));
        }
    }

    private final Map<Identity, Episode> episodes = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Identity, Episode> eldest) {
            return size() > MAX_IDENTITIES;
        }
    };

    /** For people, without a full stop. */
    static String describe(LinkRegistration identity, String host) {
        return "streams of API instance '" + identity.instance() + "' (node '" + identity.node() + "') from " + host
                + " take each other's place in turn";
    }

    /**
     * A stream has taken the place of another one of its identity and host.
     *
     * @return whether an episode has begun by that; said once for each
     */
    boolean note(LinkRegistration registration, String host, Instant now) {
        episodes.values().removeIf(episode -> episode.isOver(now));
        Identity identity = new Identity(registration.instance(), registration.node(), host);
        Episode episode = episodes.computeIfAbsent(identity, unseen -> new Episode(describe(registration, host)));
        episode.last.addLast(now);
        if (episode.last.size() > MIN_TAKEOVERS) {
            episode.last.removeFirst();
        }
        boolean begins = !episode.noted
                && episode.last.size() == MIN_TAKEOVERS
                && episode.last.getFirst().isAfter(now.minus(WINDOW));
        episode.noted |= begins;
        return begins;
    }

    /** The episodes that are not over, for people. */
    List<String> contested(Instant now) {
        return episodes.values().stream()
                .filter(episode -> episode.noted && !episode.isOver(now))
                .map(episode -> episode.description)
                .sorted()
                .toList();
    }
}
