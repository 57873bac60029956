package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.net.EscapedText;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Rows for people: as wide as their widest cell, and nothing in a cell can act on the terminal. Made and printed by one
 * command.
 */
final class Table {
    private static final String NOTHING = "-";
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... headers) {
        rows.add(List.of(headers));
    }

    /** @param cells text; null and empty optionals are shown as a dash */
    void row(Object... cells) {
        rows.add(Stream.of(cells).map(Table::text).toList());
    }

    private static String text(Object cell) {
        Object plain = cell instanceof Optional<?> perhaps ? perhaps.orElse(null) : cell;
        String text = plain == null ? "" : plain.toString();
        return text.isEmpty() ? NOTHING : EscapedText.singleLine(text);
    }

    int size() {
        return rows.size() - 1;
    }

    /** @param none said instead where there are no rows */
    void print(PrintWriter out, String none) {
        if (size() == 0) {
            out.println(none);
            return;
        }
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        });
        rows.forEach(row -> out.println(line(row, widths)));
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            boolean isLast = i == widths.length - 1;
            line.append(row.get(i));
            if (!isLast) {
                line.append(" ".repeat(widths[i] - width(row.get(i)))).append(GAP);
            }
        }
        return line.toString().stripTrailing();
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
