package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;

/** Text that would forge a line, move a cursor, or turn what stands beside it around; and what a log may make of it. */
final class HostileText {
    /** Nothing else has it. */
    static final String MARK = "hostile-7f3a";

    /** What a forged line would begin with: the time of a line, but of no gateway's that runs now. */
    private static final String FORGED = "1999-12-31 23:59:59,999 ERROR [SshBastion] (main) ";

    static final String TEXT =
            MARK + "\r\n" + FORGED + MARK + "\u001b[2J\u001b]0;x\u0007\b\u0000\u0085\u2028\u202e\u200b";

    /** Where only one octet for a character can be sent. */
    static final String ASCII = MARK + "\r\n" + FORGED + MARK + "\u001b[2J\u001b]0;x\u0007\b\u0000\u007f";

    /** Where the end of a line ends the text. */
    static final String WITHOUT_LINES = MARK + "\u001b[2J\u001b]0;x\u0007\b\u007f";

    private static final Pattern LINE = Pattern.compile("^20\\d\\d-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,\\d{3} .*");
    private static final Pattern OF_A_STACK = Pattern.compile(
            "^\t*(?:\tat |Caused by: |Suppressed: |\t\\.\\.\\. \\d+ more|\t\\[CIRCULAR REFERENCE).*|^$");
    /** What the JVM itself says, before there is a log. */
    private static final Pattern OF_THE_JVM = Pattern.compile("^(?:WARNING|OpenJDK|NOTE): .*|^OpenJDK .*");

    private HostileText() {}

    /** Every line is one that the gateway has begun, and shows everything. */
    static void assertLogIsTheGateways(String output) {
        List<String> lines = List.of(output.split("\n", -1));
        assertThat(lines).allSatisfy(line -> {
            assertThat(LINE.matcher(line).matches()
                            || OF_A_STACK.matcher(line).matches()
                            || OF_THE_JVM.matcher(line).matches())
                    .as("a line of the gateway's: %s", line)
                    .isTrue();
            assertThat(line.stripLeading().codePoints().filter(HostileText::isRaw))
                    .as("raw characters in: %s", line)
                    .isEmpty();
        });
    }

    private static boolean isRaw(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> true;
            default -> false;
        };
    }
}
