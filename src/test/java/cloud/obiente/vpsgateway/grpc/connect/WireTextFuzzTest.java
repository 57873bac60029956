package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.v1.GatewayMessage;
import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.Value;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.ProtoUtils;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The texts of the protocols as nobody writes them: each is understood, or refused with INVALID_ARGUMENT. */
class WireTextFuzzTest {
    private static final Duration CENTURY = Duration.ofDays(100 * 365);
    private static final MessageCodec JSON = new JsonCodec(TypeRegistry.getEmptyTypeRegistry());
    private static final MessageCodec PROTO = new ProtoCodec();
    private static final Marshaller<GatewayMessage> MESSAGE =
            ProtoUtils.marshaller(GatewayMessage.getDefaultInstance());
    private static final Marshaller<Value> ANYTHING = ProtoUtils.marshaller(Value.getDefaultInstance());

    @FuzzTest
    void jsonIsAMessageOrRefused(byte[] text) throws InvalidProtocolBufferException {
        Optional<GatewayMessage> message = unlessRefused(() -> JSON.parse(MESSAGE, text));
        if (message.isPresent()) {
            // Escapes can write what is no character; on the wire it is replaced.
            GatewayMessage sent = GatewayMessage.parseFrom(message.get().toByteString());
            assertThat(JSON.parse(MESSAGE, JSON.format(MESSAGE, sent, 0))).isEqualTo(sent);
        }
    }

    /** Values nest, and may hold any JSON at all. */
    @FuzzTest
    void nestedJsonIsAMessageOrRefused(byte[] text) {
        unlessRefused(() -> JSON.parse(ANYTHING, text));
    }

    @FuzzTest
    void protobufIsAMessageOrRefused(byte[] bytes) {
        unlessRefused(() -> PROTO.parse(MESSAGE, bytes)).ifPresent(message -> {
            assertThat(PROTO.parse(MESSAGE, PROTO.format(MESSAGE, message, 0))).isEqualTo(message);
            assertHasJsonOrIsRefused(message);
        });
    }

    /** Not every message has a JSON form: a time may lie beyond the year 9999. */
    private static void assertHasJsonOrIsRefused(GatewayMessage message) {
        try {
            assertThat(JSON.format(MESSAGE, message, 0)).isNotEmpty();
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL);
        }
    }

    @FuzzTest
    void headersAreMetadataOrRefused(FuzzedDataProvider data) {
        MultiMap headers = MultiMap.caseInsensitiveMultiMap();
        while (data.remainingBytes() > 0 && headers.size() < 20) {
            String suffix = data.consumeBoolean() ? Metadata.BINARY_HEADER_SUFFIX : "";
            headers.add(data.consumeAsciiString(20) + suffix, data.consumeString(40));
        }
        unlessRefused(() -> MetadataHeaders.read(headers)).ifPresent(metadata -> {
            List<String> once = written(metadata);
            assertThat(once).allMatch(field -> field.matches("[ -~]+"));
            MultiMap again = MultiMap.caseInsensitiveMultiMap();
            MetadataHeaders.write(metadata, again::add);
            assertThat(written(MetadataHeaders.read(again))).containsExactlyInAnyOrderElementsOf(once);
        });
    }

    private static List<String> written(Metadata metadata) {
        List<String> fields = new ArrayList<>();
        MetadataHeaders.write(metadata, (name, value) -> fields.add(name + ": " + value));
        return fields;
    }

    @FuzzTest
    void timeoutsAreDurationsOrRefused(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        unlessRefused(() -> CallTimeouts.parseGrpc(text)).ifPresent(WireTextFuzzTest::assertUsable);
        unlessRefused(() -> CallTimeouts.parseConnect(text)).ifPresent(WireTextFuzzTest::assertUsable);
    }

    private static void assertUsable(Duration timeout) {
        assertThat(timeout).isBetween(Duration.ZERO, CENTURY);
        assertThat(timeout.toNanos()).isNotNegative();
    }

    @FuzzTest
    void errorTextsArriveInEveryProtocol(FuzzedDataProvider data) {
        String text = data.consumeRemainingAsString();
        String characters = new String(text.getBytes(UTF_8), UTF_8);

        String encoded = PercentEncoding.encode(text);
        assertThat(encoded).matches("[ -~]*");
        assertThat(QueryStringDecoder.decodeComponent(encoded.replace("+", "%2B")))
                .isEqualTo(characters);

        Status status = Status.NOT_FOUND.withDescription(text);
        JsonObject error =
                new JsonObject(ConnectError.json(status, new Metadata()).toBuffer());
        assertThat(error.getString("message")).isEqualTo(characters);
    }

    @FuzzTest
    void contentTypesAndCompressionsAreKnownOrNot(byte[] bytes) {
        String text = new String(bytes, ISO_8859_1);
        MediaType.parse(text)
                .ifPresent(type -> assertThat(MediaType.parse(type.name())).contains(type));
        assertThat(MessageCompression.namedIn(text)).contains(MessageCompression.IDENTITY);
        MessageCompression.named(text)
                .ifPresent(known -> assertThat(MessageCompression.namedIn(text)).contains(known));
    }

    @FuzzTest
    void queriesAreMessagesOrRefused(byte[] bytes) {
        String query = new String(bytes, ISO_8859_1);
        unlessRefused(() -> {
            MultiMap parameters = MultiMap.caseInsensitiveMultiMap();
            for (String pair : query.split("&")) {
                String[] nameAndValue = pair.split("=", 2);
                parameters.add(nameAndValue[0], nameAndValue.length == 2 ? nameAndValue[1] : "");
            }
            return QueryCall.reader(parameters, 1000).poll();
        });
    }

    private static <T> Optional<T> unlessRefused(Supplier<T> reading) {
        try {
            return Optional.of(reading.get());
        } catch (StatusRuntimeException refused) {
            assertThat(refused.getStatus().getCode())
                    .isIn(Status.Code.INVALID_ARGUMENT, Status.Code.RESOURCE_EXHAUSTED, Status.Code.UNIMPLEMENTED);
            return Optional.empty();
        }
    }
}
