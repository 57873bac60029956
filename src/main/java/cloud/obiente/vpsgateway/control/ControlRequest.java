package cloud.obiente.vpsgateway.control;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A question to a running gateway.
 *
 * @param command what is asked
 * @param arguments more exactly; text as the operator wrote it
 */
public record ControlRequest(String command, Map<String, String> arguments) {
    public ControlRequest {
        arguments = Map.copyOf(arguments);
    }

    public ControlRequest(String command) {
        this(command, Map.of());
    }

    /** The same with one argument more; unchanged where there is no value. */
    public ControlRequest with(String name, Optional<String> value) {
        if (value.isEmpty()) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(arguments);
        more.put(name, value.get());
        return new ControlRequest(command, more);
    }

    public Optional<String> argument(String name) {
        return Optional.ofNullable(arguments.get(name));
    }

    /** @throws RefusedException when it is not there */
    public String required(String name) throws RefusedException {
        return argument(name)
                .orElseThrow(() -> new RefusedException(RefusedException.Kind.INVALID, name + " is missing"));
    }

    Map<String, Object> toTree() {
        return Map.of("command", command, "arguments", arguments);
    }

    /** @throws RefusedException when the tree is no question */
    static ControlRequest ofTree(Object tree) throws RefusedException {
        if (tree instanceof Map<?, ?> map && map.get("command") instanceof String command) {
            Map<String, String> arguments = new LinkedHashMap<>();
            if (map.get("arguments") instanceof Map<?, ?> given) {
                given.forEach((name, value) -> arguments.put(String.valueOf(name), String.valueOf(value)));
            }
            return new ControlRequest(command, arguments);
        }
        throw new RefusedException(
                RefusedException.Kind.INVALID, "expected one line: {\"command\": …, \"arguments\": {…}}");
    }
}
