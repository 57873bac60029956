package cloud.obiente.vpsgateway.it;

import java.util.List;
import java.util.regex.Pattern;

/** What a gateway has printed that nobody wants to read: errors, and stack traces of whatever level. */
final class Complaints {
    /** What Vert.x says of a machine that is busy with other things, where the thread has done nothing for long. */
    private static final String HELD_UP = "has been blocked for";

    private static final Pattern RECORD = Pattern.compile("(?m)^(?=\\d{4}-\\d{2}-\\d{2} )");

    private Complaints() {}

    static List<String> in(String output) {
        return RECORD.splitAsStream(output)
                .filter(record ->
                        record.contains(" ERROR ") || record.contains("\tat ") || record.contains("OutOfMemory"))
                .filter(record -> !record.contains(HELD_UP))
                .toList();
    }
}
