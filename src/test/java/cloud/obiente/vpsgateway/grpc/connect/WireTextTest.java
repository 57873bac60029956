package cloud.obiente.vpsgateway.grpc.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small texts of the protocols: timeouts, messages, names of compressions, metadata. */
class WireTextTest {
    @Test
    void timeoutsHaveTheUnitsOfTheirProtocol() {
        assertThat(CallTimeouts.parseGrpc("99999999H").toNanos()).isPositive();
        assertThat(CallTimeouts.parseGrpc("99H")).isEqualTo(Duration.ofHours(99));
        assertThat(CallTimeouts.parseGrpc("5S")).isEqualTo(Duration.ofSeconds(5));
        assertThat(CallTimeouts.parseGrpc("7u")).isEqualTo(Duration.ofNanos(7000));
        assertThat(CallTimeouts.parseConnect("9999999999")).isEqualTo(Duration.ofMillis(9_999_999_999L));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "S", "-1S", "123456789S", "1.5S", "5s", "5 S"})
    void malformedGrpcTimeoutIsRefused(String text) {
        assertThatThrownBy(() -> CallTimeouts.parseGrpc(text))
                .isInstanceOf(StatusRuntimeException.class)
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1s", "12345678901", "1.5"})
    void malformedConnectTimeoutIsRefused(String text) {
        assertThatThrownBy(() -> CallTimeouts.parseConnect(text)).isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void statusMessageIsPrintableAscii() {
        assertThat(PercentEncoding.encode("50 % \u00fcber\r\n")).isEqualTo("50 %25 %C3%BCber%0D%0A");
    }

    @Test
    void compressionsOfWeightZeroAreNotOffered() {
        assertThat(MessageCompression.namedIn("br, GZIP;q=0.5")).contains(MessageCompression.GZIP);
        assertThat(MessageCompression.namedIn("gzip;q=0, zstd")).containsExactly(MessageCompression.IDENTITY);
        assertThat(MessageCompression.namedIn(";")).containsExactly(MessageCompression.IDENTITY);
        assertThat(MessageCompression.namedIn("")).containsExactly(MessageCompression.IDENTITY);
    }

    @Test
    void binaryMetadataMayBePaddedUnpaddedAndJoined() {
        Metadata metadata = MetadataHeaders.read(
                MultiMap.caseInsensitiveMultiMap().add("X-Data-Bin", "AQ==,AQI").add("Host", "x"));
        assertThat(metadata.getAll(Metadata.Key.of("x-data-bin", Metadata.BINARY_BYTE_MARSHALLER)))
                .containsExactly(new byte[] {1}, new byte[] {1, 2});
        assertThat(metadata.keys()).containsExactly("x-data-bin");
        assertThatThrownBy(() ->
                        MetadataHeaders.read(MultiMap.caseInsensitiveMultiMap().add("x-bin", "?")))
                .isInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void headerThatIsNothingButTheSuffixIsLeftOut() {
        assertThat(MetadataHeaders.read(MultiMap.caseInsensitiveMultiMap().add("-Bin", "AA"))
                        .keys())
                .isEmpty();
    }

    @Test
    void metadataCannotForgeOtherHeaders() {
        Metadata metadata = new Metadata();
        metadata.put(Metadata.Key.of("x-good", Metadata.ASCII_STRING_MARSHALLER), "value");
        metadata.put(Metadata.Key.of("x-evil", Metadata.ASCII_STRING_MARSHALLER), "a\r\nx-forged: b");
        metadata.put(Metadata.Key.of("grpc-status", Metadata.ASCII_STRING_MARSHALLER), "0");
        metadata.put(Metadata.Key.of("content-length", Metadata.ASCII_STRING_MARSHALLER), "7");
        List<String> written = new ArrayList<>();
        MetadataHeaders.write(metadata, (name, value) -> written.add(name + "=" + value));
        assertThat(written).containsExactly("x-good=value");
    }
}
