package cloud.obiente.vpsgateway.it;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One look at /metrics. A series is written as it is printed: {@code name{label="value"}}. */
record Scrape(Map<String, Double> series) {
    private static final Pattern LINE = Pattern.compile("(?m)^([a-zA-Z_:][^ {]*(?:\\{.*\\})?) (\\S+)$");

    static Scrape parse(String text) {
        Map<String, Double> series = new LinkedHashMap<>();
        Matcher line = LINE.matcher(text);
        while (line.find()) {
            series.put(line.group(1), Double.valueOf(line.group(2)));
        }
        return new Scrape(series);
    }

    /** @throws AssertionError when there is no such series */
    double value(String name) {
        Double value = series.get(name);
        if (value == null) {
            throw new AssertionError("no series " + name + " among " + series.keySet());
        }
        return value;
    }

    /** Of the series of that name with these values among those of their labels; 0 without any. */
    double sum(String name, String... labels) {
        return series.entrySet().stream()
                .filter(one -> one.getKey().startsWith(name + "{"))
                .filter(one -> Stream.of(labels).allMatch(label -> one.getKey().contains("=\"" + label + "\"")))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    boolean has(String name) {
        return series.containsKey(name);
    }

    /** Without labels. */
    Set<String> names() {
        return series.keySet().stream()
                .map(name -> name.replaceFirst("\\{.*", ""))
                .collect(Collectors.toSet());
    }
}
