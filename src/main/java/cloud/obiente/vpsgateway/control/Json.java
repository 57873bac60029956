package cloud.obiente.vpsgateway.control;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * JSON as trees of {@link Map}, {@link Iterable}, text, numbers, booleans and null; whatever else is in a tree is written as
 * its text, and an empty {@link Optional} as null. ASCII only, so that nothing of it can do a terminal harm. Stateless.
 */
public final class Json {
    private static final int MAX_DEPTH = 32;
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private Json() {}

    /** On one line. Rows of an {@link Iterable} are asked for one by one, and not kept. */
    public static void write(Object tree, OutputStream to) throws IOException {
        try (JsonGenerator generator = FACTORY.createGenerator(to)) {
            write(tree, generator);
        }
    }

    /** On as many lines as people like. */
    public static void writeIndented(Object tree, OutputStream to) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE);
        try (JsonGenerator generator = FACTORY.createGenerator(to)) {
            generator.setPrettyPrinter(printer);
            write(tree, generator);
            generator.writeRaw('\n');
        }
    }

    private static void write(Object tree, JsonGenerator to) throws IOException {
        if (tree instanceof Map<?, ?> map) {
            to.writeStartObject();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                to.writeFieldName(String.valueOf(entry.getKey()));
                write(entry.getValue(), to);
            }
            to.writeEndObject();
        } else if (tree instanceof Iterable<?> items && !(tree instanceof java.nio.file.Path)) {
            to.writeStartArray();
            for (Object item : items) {
                write(item, to);
            }
            to.writeEndArray();
        } else if (tree instanceof Optional<?> perhaps) {
            write(perhaps.orElse(null), to);
        } else if (tree == null) {
            to.writeNull();
        } else if (tree instanceof Boolean flag) {
            to.writeBoolean(flag);
        } else if (tree instanceof Integer || tree instanceof Long) {
            to.writeNumber(((Number) tree).longValue());
        } else if (tree instanceof Double number) {
            to.writeNumber(number);
        } else {
            to.writeString(tree.toString());
        }
    }

    /**
     * The first value of a text. Whole numbers are {@link Long}, others {@link Double}.
     *
     * @throws IOException when it is no JSON, or is cut short
     */
    public static Object read(InputStream from) throws IOException {
        try (JsonParser parser = FACTORY.createParser(from)) {
            parser.nextToken();
            return read(parser);
        }
    }

    private static Object read(JsonParser from) throws IOException {
        JsonToken token = from.currentToken();
        if (token == null) {
            throw new IOException("no JSON, or cut short");
        }
        return switch (token) {
            case START_OBJECT -> readObject(from);
            case START_ARRAY -> readArray(from);
            case VALUE_NUMBER_INT -> from.getLongValue();
            case VALUE_NUMBER_FLOAT -> from.getDoubleValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> from.getText();
        };
    }

    private static Map<String, Object> readObject(JsonParser from) throws IOException {
        Map<String, Object> object = new LinkedHashMap<>();
        while (from.nextToken() == JsonToken.FIELD_NAME) {
            String name = from.currentName();
            from.nextToken();
            object.put(name, read(from));
        }
        requireEnd(from, JsonToken.END_OBJECT);
        return object;
    }

    private static List<Object> readArray(JsonParser from) throws IOException {
        List<Object> array = new ArrayList<>();
        while (from.nextToken() != JsonToken.END_ARRAY) {
            array.add(read(from));
        }
        return array;
    }

    private static void requireEnd(JsonParser from, JsonToken end) throws IOException {
        if (from.currentToken() != end) {
            throw new IOException("no JSON, or cut short");
        }
    }
}
