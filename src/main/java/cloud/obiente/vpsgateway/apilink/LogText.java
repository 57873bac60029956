package cloud.obiente.vpsgateway.apilink;

/** Text of others, made fit for one line of the log. */
final class LogText {
    private static final int MAX_LENGTH = 200;

    private LogText() {}

    static String singleLine(String text) {
        String start = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
        return start.replaceAll("\\p{Cntrl}", "?");
    }
}
