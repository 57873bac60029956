package cloud.obiente.vpsgateway.control;

import cloud.obiente.vpsgateway.apilink.MacAnswer;
import cloud.obiente.vpsgateway.apilink.MacResolver;
import cloud.obiente.vpsgateway.apilink.UnknownMac;
import java.util.LinkedHashMap;
import java.util.Map;

/** MACs that have asked for an address and have none here, as trees. Stateless. */
public final class UnknownListing {
    private UnknownListing() {}

    public static Object of(MacResolver macs) throws RefusedException {
        return Map.of(
                "unknown",
                Answers.await(macs.unknownMacs(), "the list of MACs").stream()
                        .map(UnknownListing::row)
                        .toList());
    }

    private static Map<String, Object> row(UnknownMac unknown) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("mac", unknown.mac());
        row.put("lastAsked", unknown.lastAsked());
        row.put("api", unknown.answer().map(UnknownListing::words).orElse("not answered yet"));
        return row;
    }

    private static String words(MacAnswer answer) {
        if (answer instanceof MacAnswer.Found found) {
            return "belongs to " + found.vps() + ", which has no address here";
        }
        return answer instanceof MacAnswer.NotFound ? "nobody's" : "could not say";
    }
}
