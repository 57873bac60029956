package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;

/**
 * One line of the audit trail: who changed what, when, and by which command.
 *
 * @param at in whole milliseconds
 */
public record AuditEvent(Instant at, Caller caller, Action action, Change change) {

    /** The command that made a change. */
    public enum Action {
        ALLOCATE,
        RELEASE,
        BIND,
        UNBIND,
        SYNC,
        /** The address became this host's own. */
        MOVE,
        TAKE_BACK
    }

    /** What differs, in words. */
    public String detail() {
        Allocation subject = change.subject();
        if (change.after().isEmpty()) {
            return "released";
        }
        if (change.before().isEmpty()) {
            return "allocated";
        }
        Allocation before = change.before().get();
        StringBuilder detail = new StringBuilder();
        describe(detail, "address", before.address(), subject.address());
        describe(detail, "MAC", text(before), text(subject));
        describe(detail, "organization", before.organization(), subject.organization());
        return detail.toString();
    }

    private static String text(Allocation allocation) {
        return allocation.mac().map(Object::toString).orElse("none");
    }

    private static void describe(StringBuilder detail, String what, Object before, Object after) {
        if (!before.equals(after)) {
            detail.append(detail.isEmpty() ? "" : ", ").append(what + " was '" + before + "'");
        }
    }
}
