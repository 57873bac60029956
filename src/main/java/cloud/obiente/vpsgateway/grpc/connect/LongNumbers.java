package cloud.obiente.vpsgateway.grpc.connect;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * Finds numbers in JSON that are longer than any number. {@link com.google.protobuf.util.JsonFormat} makes a {@link
 * java.math.BigDecimal} of whatever stands for a number, which takes time by the square of the digits: minutes for those that
 * fit into a message. What an Any holds is not looked into. Stateless.
 */
final class LongNumbers {
    /** The longest that Jackson takes as well. */
    static final int MAX_LENGTH = 1_000;

    private LongNumbers() {}

    /** Whether the text has one where the message has a number; also in quotes, which numbers may be in. */
    static boolean isIn(String json, Descriptor message) {
        if (!hasManyDigits(json)) {
            return false;
        }
        try {
            return isInMessage(Json.decodeValue(json), message);
        } catch (DecodeException numberTooLongOrNoJson) {
            return true;
        }
    }

    /** Without this the common case would be read twice. */
    private static boolean hasManyDigits(String json) {
        int digits = 0;
        for (int i = 0; i < json.length() && digits <= MAX_LENGTH; i++) {
            char c = json.charAt(i);
            digits = c >= '0' && c <= '9' ? digits + 1 : 0;
        }
        return digits > MAX_LENGTH;
    }

    private static boolean isInMessage(Object value, Descriptor message) {
        if (value instanceof JsonObject object) {
            return object.stream().anyMatch(entry -> isInEntry(entry, message));
        }
        // Wrappers, such as google.protobuf.Int32Value, are written as what they wrap.
        FieldDescriptor wrapped = message.findFieldByName("value");
        return wrapped != null && wrapped.getJavaType() != JavaType.MESSAGE && isInOne(value, wrapped);
    }

    private static boolean isInEntry(Map.Entry<String, Object> entry, Descriptor message) {
        return message.getFields().stream()
                .filter(field -> entry.getKey().equals(field.getJsonName())
                        || entry.getKey().equals(field.getName()))
                .anyMatch(field -> isInField(entry.getValue(), field));
    }

    private static boolean isInField(Object value, FieldDescriptor field) {
        if (field.isMapField() && value instanceof JsonObject map) {
            FieldDescriptor values = field.getMessageType().findFieldByName("value");
            return map.stream()
                    .anyMatch(entry -> entry.getKey().length() > MAX_LENGTH || isInOne(entry.getValue(), values));
        }
        if (field.isRepeated() && value instanceof JsonArray array) {
            return array.stream().anyMatch(element -> isInOne(element, field));
        }
        return isInOne(value, field);
    }

    private static boolean isInOne(Object value, FieldDescriptor field) {
        JavaType type = field.getJavaType();
        if (type == JavaType.MESSAGE) {
            return isInMessage(value, field.getMessageType());
        }
        boolean text = type == JavaType.STRING || type == JavaType.BYTE_STRING;
        return !text && value instanceof String quoted && quoted.length() > MAX_LENGTH;
    }
}
