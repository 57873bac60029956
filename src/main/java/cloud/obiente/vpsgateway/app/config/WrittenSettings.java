package cloud.obiente.vpsgateway.app.config;

import java.util.Optional;

/** What the operator has written, wherever that is: text, unchecked, nothing filled in. */
@FunctionalInterface
public interface WrittenSettings {

    /** The text of a variable; empty when there is none, or only white space. */
    Optional<String> textOf(Variable variable);

    /** The same with the variable's fallback, where that is a text. */
    default Optional<String> effective(Variable variable) {
        return textOf(variable).or(() -> variable.fallback().value());
    }
}
