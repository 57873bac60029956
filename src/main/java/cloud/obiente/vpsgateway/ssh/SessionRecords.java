package cloud.obiente.vpsgateway.ssh;

import java.util.Optional;

/** Where records of sessions go. */
public interface SessionRecords {

    /** Takes a record; returns at once, on any thread. */
    void add(SessionRecord session);

    /** Why records are being lost now; empty when none are. */
    Optional<String> fault();
}
