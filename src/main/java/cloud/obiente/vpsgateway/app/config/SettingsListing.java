package cloud.obiente.vpsgateway.app.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The settings as trees for operators: what holds, and where it comes from. Secrets are hidden. Stateless. */
public final class SettingsListing {
    /** The origin of what is not set. */
    public static final String DEFAULT = "default";

    private static final Set<Variable> SECRET = Set.of(Variable.GATEWAY_API_SECRET);
    private static final String HIDDEN = "(hidden)";

    private SettingsListing() {}

    /** @param origin where what is written comes from, for people */
    public static List<Map<String, Object>> of(WrittenSettings written, String origin) {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (Variable variable : Variable.values()) {
            Optional<String> text = written.textOf(variable).map(String::strip);
            Map<String, Object> row = new LinkedHashMap<>();
            row.put("name", variable);
            row.put(
                    "value",
                    text.map(found -> SECRET.contains(variable) ? HIDDEN : found)
                            .or(() -> variable.fallback().value()));
            row.put("origin", text.isPresent() ? origin : DEFAULT);
            row.put(
                    "note",
                    text.isEmpty() && variable.fallback().value().isEmpty()
                            ? Optional.of(variable.fallback().description())
                            : Optional.empty());
            rows.add(row);
        }
        return rows;
    }
}
