package cloud.obiente.vpsgateway.app.check;

/**
 * What a check has found.
 *
 * @param level how bad it is
 * @param subject what it is about, a few words
 * @param what how it is
 * @param why what becomes of that; empty where all is well
 * @param fix what to do, as a command where there is one; empty where all is well
 */
public record Finding(Level level, String subject, String what, String why, String fix) {

    /** How bad it is. */
    public enum Level {
        OK,
        /** VPSs are served; something beside them is not as it should be, or could not be checked. */
        WARNING,
        /** The gateway starts, and is not ready until this is mended; it goes on trying by itself. */
        NOT_SERVED,
        /** The gateway refuses to start. */
        NO_START
    }

    static Finding ok(String subject, String what) {
        return new Finding(Level.OK, subject, what, "", "");
    }

    static Finding warning(String subject, String what, String why, String fix) {
        return new Finding(Level.WARNING, subject, what, why, fix);
    }

    static Finding notServed(String subject, String what, String why, String fix) {
        return new Finding(Level.NOT_SERVED, subject, what, why, fix);
    }

    static Finding noStart(String subject, String what, String why, String fix) {
        return new Finding(Level.NO_START, subject, what, why, fix);
    }
}
