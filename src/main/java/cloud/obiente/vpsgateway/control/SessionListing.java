package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ssh.LiveSession;
import cloud.obiente.vpsgateway.ssh.LiveTunnels;
import cloud.obiente.vpsgateway.ssh.SessionRecord;
import cloud.obiente.vpsgateway.ssh.sqlite.SessionHistory;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** SSH sessions as trees. Stateless. */
public final class SessionListing {
    private SessionListing() {}

    /** Answers with those that go on and, as far as {@code limit} and {@code vps} say, those that have ended. */
    public static ControlHandler handler(LiveTunnels live, SessionHistory history) {
        return (request, operator) ->
                of(Answers.await(live.sessions(), "the list of sessions"), ended(history, request));
    }

    /** Those that have ended, while no gateway runs. */
    public static Map<String, Object> ofEnded(SessionHistory history, ControlRequest request) throws RefusedException {
        return of(List.of(), ended(history, request));
    }

    private static List<SessionHistory.Ended> ended(SessionHistory history, ControlRequest request)
            throws RefusedException {
        try {
            return history.read(request.argument("vps"), EventListing.limit(request));
        } catch (IOException unreadable) {
            throw new RefusedException(RefusedException.Kind.UNAVAILABLE, unreadable.getMessage());
        }
    }

    /** Sessions that go on, and the newest of those that have ended. */
    public static Map<String, Object> of(List<LiveSession> live, List<SessionHistory.Ended> ended) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("live", live.stream().map(SessionListing::row).toList());
        tree.put("ended", ended.stream().map(SessionListing::row).toList());
        return tree;
    }

    static Map<String, Object> row(LiveSession session) {
        SessionRecord soFar = session.soFar();
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("id", session.number());
        row.put("state", session.state());
        row.put("began", soFar.began());
        row.put("caller", soFar.caller());
        row.put("target", soFar.target());
        row.put("destination", soFar.destination());
        row.put("vps", soFar.holder().map(Allocation::vps));
        row.put("organization", soFar.holder().map(Allocation::organization));
        row.put("key", soFar.fingerprint());
        row.put("bytesIn", soFar.bytesIn());
        row.put("bytesOut", soFar.bytesOut());
        row.put("seconds", soFar.duration().toSeconds());
        return row;
    }

    private static Map<String, Object> row(SessionHistory.Ended session) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("began", session.began());
        row.put("caller", session.caller());
        row.put("target", session.target());
        row.put("destination", session.destination());
        row.put("vps", session.vps());
        row.put("organization", session.organization());
        row.put("key", session.key());
        row.put("bytesIn", session.bytesIn());
        row.put("bytesOut", session.bytesOut());
        row.put("seconds", session.durationMillis() / 1000.0);
        row.put("reason", session.reason());
        return row;
    }
}
