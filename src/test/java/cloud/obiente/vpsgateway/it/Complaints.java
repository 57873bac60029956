package cloud.obiente.vpsgateway.it;

import java.util.List;
import java.util.regex.Pattern;

/** What a gateway has printed that nobody wants to read: errors, and stack traces of whatever level. */
final class Complaints {
    /** What Vert.x says of a machine that is busy with other things, where the thread has done nothing for long. */
    private static final String HELD_UP = "has been blocked for";

    private static final Pattern RECORD = Pattern.compile("(?m)^(?=\\d{4}-\\d{2}-\\d{2} )");

    /** Categories of ours that are no classes have no package. */
    private static final Pattern OF_A_LIBRARY =
            Pattern.compile("^\\S+ \\S+ (WARN|ERROR|FATAL) +\\[(?!cloud\\.obiente\\.vpsgateway)[^]]*\\.[^]]*]");

    private Complaints() {}

    /** Warnings and errors that are not ours. */
    static List<String> ofLibraries(String output) {
        return RECORD.splitAsStream(output)
                .filter(record -> OF_A_LIBRARY.matcher(record).find() || record.contains("\tat "))
                .filter(record -> !record.contains(HELD_UP))
                .toList();
    }

    static List<String> in(String output) {
        return RECORD.splitAsStream(output)
                .filter(record ->
                        record.contains(" ERROR ") || record.contains("\tat ") || record.contains("OutOfMemory"))
                .filter(record -> !record.contains(HELD_UP))
                .toList();
    }
}
