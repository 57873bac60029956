package cloud.obiente.vpsgateway.app.config;

import cloud.obiente.vpsgateway.net.InvalidValueException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns the text of single variables into values and collects what is wrong. Lives for one call of {@link SettingsReader},
 * on its thread.
 */
final class ValueReader {
    private final WrittenSettings written;
    private final List<ConfigError> problems = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();

    ValueReader(WrittenSettings written) {
        this.written = written;
    }

    /** The text exactly as it was written; the fallback is not applied. */
    Optional<String> literal(Variable variable) {
        return written.textOf(variable);
    }

    /**
     * The value of a variable, or of its fallback.
     *
     * @param parser throws IllegalArgumentException with a message that quotes the text and says what is expected
     * @return empty when there is nothing to parse, or when a problem was noted
     */
    <T> Optional<T> read(Variable variable, Function<String, T> parser) {
        Optional<String> text = literal(variable).map(String::strip).or(() -> variable.fallback()
                .value());
        if (text.isEmpty() && variable.fallback().isRequired()) {
            note(ConfigError.notSet(variable, variable.meaning()));
        }
        return text.flatMap(found -> parse(variable, found, parser));
    }

    /** One of the constants, written in lower case with hyphens; case does not matter. */
    <E extends Enum<E>> Optional<E> readChoice(Variable variable, Class<E> choices) {
        return read(variable, text -> Stream.of(choices.getEnumConstants())
                .filter(choice -> written(choice).equalsIgnoreCase(text))
                .findFirst()
                .orElseThrow(() -> new InvalidValueException(
                        text,
                        Stream.of(choices.getEnumConstants())
                                .map(ValueReader::written)
                                .collect(Collectors.joining(", ")))));
    }

    private static String written(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private <T> Optional<T> parse(Variable variable, String text, Function<String, T> parser) {
        try {
            return Optional.of(parser.apply(text));
        } catch (IllegalArgumentException refused) {
            note(new ConfigError(variable, refused.getMessage()));
            return Optional.empty();
        }
    }

    void note(ConfigError problem) {
        problems.add(problem);
    }

    void warn(String warning) {
        warnings.add(warning);
    }

    boolean hasProblems() {
        return !problems.isEmpty();
    }

    /** In the order of the documentation, whatever the order of reading. */
    List<ConfigError> problems() {
        return problems.stream()
                .sorted(Comparator.comparing(ConfigError::variable))
                .toList();
    }

    List<String> warnings() {
        return warnings;
    }
}
