package cloud.obiente.vpsgateway.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A file of variables, as systemd reads it (systemd.exec(5), EnvironmentFile=), and compose for simple values. Stateless. */
final class EnvironmentFile {
    private EnvironmentFile() {}

    /** @throws CommandFailedException when it cannot be read */
    static Map<String, String> read(Path file) {
        try {
            return parse(Files.readString(file));
        } catch (IOException unreadable) {
            throw new CommandFailedException(
                    file + " cannot be read (" + unreadable + "): name another with --env-file");
        }
    }

    static Map<String, String> parse(String text) {
        Map<String, String> variables = new LinkedHashMap<>();
        text.replace("\\\n", "").lines().map(String::strip).forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#") && !line.startsWith(";")) {
                variables.put(
                        line.substring(0, equals).strip(),
                        value(line.substring(equals + 1).strip()));
            }
        });
        return variables;
    }

    /** Quotes around the whole, and backslashes as far as they mean the next character. */
    private static String value(String written) {
        char quote = written.isEmpty() ? 0 : written.charAt(0);
        boolean isQuoted = (quote == '"' || quote == '\'') && written.length() > 1 && written.endsWith("" + quote);
        String inner = isQuoted ? written.substring(1, written.length() - 1) : written;
        return quote == '\'' && isQuoted ? inner : inner.replaceAll("\\\\(.)", "$1");
    }
}
