package cloud.obiente.vpsgateway.app.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An answer, by the names of its parts. What is missing, as in the answer of another version, is empty.
 *
 * @param value maps, iterables, text, numbers, booleans, optionals, null
 */
record Tree(Object value) {

    Tree get(String name) {
        return new Tree(plain() instanceof Map<?, ?> map ? map.get(name) : null);
    }

    List<Tree> rows(String name) {
        List<Tree> rows = new ArrayList<>();
        if (get(name).plain() instanceof Iterable<?> items) {
            items.forEach(item -> rows.add(new Tree(item)));
        }
        return rows;
    }

    /** The parts of a map, in its order. */
    Map<String, Tree> parts() {
        Map<String, Tree> parts = new LinkedHashMap<>();
        if (plain() instanceof Map<?, ?> map) {
            map.forEach((name, part) -> parts.put(String.valueOf(name), new Tree(part)));
        }
        return parts;
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(get(name).plain()).map(Object::toString);
    }

    long number(String name) {
        return get(name).plain() instanceof Number number ? number.longValue() : 0;
    }

    boolean isTrue(String name) {
        return Boolean.TRUE.equals(get(name).plain());
    }

    private Object plain() {
        return value instanceof Optional<?> perhaps ? perhaps.orElse(null) : value;
    }

    /** The text of a leaf; empty for null. */
    @Override
    public String toString() {
        return plain() == null ? "" : plain().toString();
    }
}
