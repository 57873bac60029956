package cloud.obiente.vpsgateway.app;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.EscapedText;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jboss.logmanager.ExtHandler;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.Test;

/** What others have written is shown, and is nothing but text. */
class EscapingFormatterTest {
    private static final String FORGED = "\n2026-11-30 10:00:00,000 ERROR [Gateway] (main) all is lost";

    private final EscapingFormatter formatter = new EscapingFormatter(new PatternFormatter("%p %c (%t) %s%e%n"));

    @Test
    void aLineOfOursStaysAsItIs() {
        assertThat(format(record("vps-1 has 10.15.3.20 – since 9 o'clock", null)))
                .isEqualTo("INFO lib (main) vps-1 has 10.15.3.20 – since 9 o'clock\n");
    }

    @Test
    void aForgedLineIsTextOfTheOneItStandsIn() {
        assertThat(format(record("user " + FORGED, null)).lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("user \\n2026-11-30 10:00:00,000 ERROR [Gateway]");
    }

    @Test
    void parametersAreEscapedAsWell() {
        ExtLogRecord record = new ExtLogRecord(
                Level.INFO, "from %s", ExtLogRecord.FormatStyle.PRINTF, EscapingFormatterTest.class.getName());
        record.setParameters(new Object[] {"\u001b[2Jhost\r\n"});
        assertThat(format(record)).contains("from \\u001b[2Jhost\\r\\n");
    }

    @Test
    void whatLooksLikeSomethingElseIsShownForWhatItIs() {
        assertThat(EscapedText.singleLine("a\u202eb\u2028c\u0085d\ud800e\udbff\udfffg\u0000"))
                .isEqualTo("a\\u202eb\\u2028c\\u0085d\\ud800e\udbff\udfffg\\u0000");
    }

    @Test
    void stackTracesKeepTheirLinesAndTheirMessagesDoNot() {
        Exception cause = new IllegalArgumentException("cause" + FORGED);
        Exception fault = new IllegalStateException("\u001b[31mred", cause);
        fault.addSuppressed(new IllegalStateException("also" + FORGED));
        cause.addSuppressed(fault);

        String text = format(record("failed", fault));

        List<String> lines = text.lines().toList();
        assertThat(lines.get(0)).isEqualTo("INFO lib (main) failed: java.lang.IllegalStateException: \\u001b[31mred");
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .startsWith("\tat cloud.obiente.vpsgateway.app.EscapingFormatterTest.stackTracesKeep"));
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .startsWith("Caused by: java.lang.IllegalArgumentException: cause\\n2026-11-30"));
        assertThat(lines).anySatisfy(line -> assertThat(line)
                .startsWith("\tSuppressed: java.lang.IllegalStateException: also\\n2026-11-30"));
        assertThat(lines).noneMatch(line -> line.startsWith("2026"));
    }

    @Test
    void aThrowableThatCannotDescribeItselfIsLoggedAllTheSame() {
        assertThat(format(record("failed", new RuntimeException() {
                    private static final long serialVersionUID = 1;

                    @Override
                    public String getMessage() {
                        throw new IllegalStateException("no");
                    }
                })))
                .contains("failed: " + EscapingFormatterTest.class.getName());
    }

    @Test
    void aLineHasABoundedLength() {
        assertThat(format(record("x".repeat(1_000_000), new IllegalStateException("y".repeat(1_000_000)))))
                .hasSizeLessThan(3 * EscapedText.MAX_LENGTH + 20_000)
                .contains("… (995904 more characters)");
    }

    @Property
    void nothingThatIsLoggedHasAControlCharacter(@ForAll String message, @ForAll String said) {
        ExtLogRecord record = record(message, new IllegalStateException(said));
        record.setThreadName(said);
        record.setLoggerName(message);
        String text = format(record);
        String unmarked = text.lines()
                .map(line -> line.startsWith("\tat ") ? line.substring(1) : line)
                .collect(Collectors.joining());
        assertThat(unmarked.codePoints().filter(Character::isISOControl)).isEmpty();
        assertThat(text.lines().skip(1)).allMatch(line -> line.isEmpty() || line.startsWith("\tat "));
    }

    @Test
    void everyHandlerEscapesAndThoseBehindItToo() {
        ExtHandler outer = new Kept();
        Handler inner = new Kept();
        inner.setFormatter(new PatternFormatter("%s"));
        outer.addHandler(inner);

        EscapingFormatter.install(outer);
        EscapingFormatter.install(outer);

        assertThat(outer.getFormatter()).isNull();
        assertThat(inner.getFormatter().format(record("a\nb", null))).isEqualTo("a\\nb");
    }

    private String format(LogRecord record) {
        return formatter.format(record);
    }

    private static ExtLogRecord record(String message, Throwable thrown) {
        ExtLogRecord record = new ExtLogRecord(
                Level.INFO, message, ExtLogRecord.FormatStyle.NO_FORMAT, EscapingFormatterTest.class.getName());
        record.setLoggerName("lib");
        record.setThreadName("main");
        record.setThrown(thrown);
        return record;
    }

    private static final class Kept extends ExtHandler {
        @Override
        protected void doPublish(ExtLogRecord record) {}
    }
}
