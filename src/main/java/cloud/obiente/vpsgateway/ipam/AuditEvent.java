package cloud.obiente.vpsgateway.ipam;

import java.time.Instant;

/**
 * One line of the audit trail: who changed what, when, and by which command.
 *
 * @param at in whole milliseconds
 */
public record AuditEvent(Instant at, Caller caller, Action action, AllocationChange change) {

    /** The command that made a change. */
    public enum Action {
        ALLOCATE,
        RELEASE,
        /** By a VPS that got the address, because nobody was seen using it and no other was free. */
        RECLAIM,
        BIND,
        /** An address for the VPS whose MAC asked for one, by the API's answer to our question. */
        ADOPT,
        UNBIND,
        SYNC,
        /** What the API has answered about an allocation that its lists leave out. */
        JUDGE,
        /** From the files of an earlier gateway. */
        IMPORT,
        /** The address became this host's own. */
        MOVE,
        TAKE_BACK;

        /** How an allocation that this makes came to be. */
        AllocationFacts.Origin origin() {
            return switch (this) {
                case SYNC -> AllocationFacts.Origin.LISTED;
                case ADOPT -> AllocationFacts.Origin.ADOPTED;
                case IMPORT -> AllocationFacts.Origin.IMPORTED;
                default -> AllocationFacts.Origin.API;
            };
        }

        /** Whether a list that was written before knows nothing of it. */
        boolean isNewsToLists() {
            return switch (this) {
                case SYNC, JUDGE, IMPORT, MOVE -> false;
                default -> true;
            };
        }
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
