package cloud.obiente.vpsgateway.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** What came of each attack, as a Markdown table in {@code target}: the one in docs/attacks.md is a copy. */
final class AttackTable {
    private final Path file;
    private final Map<Attack, Delivery> unguarded = new LinkedHashMap<>();
    private final Map<Attack, Delivery> guarded = new LinkedHashMap<>();

    AttackTable(Scene.Layout layout) {
        this.file = Path.of("target", "attacks-" + layout.name().toLowerCase(Locale.ROOT) + ".md");
    }

    void unguarded(Attack attack, Delivery delivery) {
        unguarded.put(attack, delivery);
    }

    void guarded(Attack attack, Delivery delivery) {
        guarded.put(attack, delivery);
    }

    void write() {
        String rows = unguarded.entrySet().stream()
                .map(row ->
                        "| %s | %s | %s |%n".formatted(row.getKey(), row.getValue(), found(guarded.get(row.getKey()))))
                .collect(Collectors.joining());
        try {
            Files.writeString(file, "| attack | arrived without the guard | with it |\n|---|---|---|\n" + rows);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String found(Delivery delivery) {
        return delivery == null ? "not played" : delivery.toString();
    }
}
