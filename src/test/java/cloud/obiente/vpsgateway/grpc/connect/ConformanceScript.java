package cloud.obiente.vpsgateway.grpc.connect;

import cloud.obiente.vpsgateway.grpc.connect.conformance.Error;
import cloud.obiente.vpsgateway.grpc.connect.conformance.Header;
import cloud.obiente.vpsgateway.grpc.connect.conformance.StreamResponseDefinition;
import cloud.obiente.vpsgateway.grpc.connect.conformance.UnaryResponseDefinition;
import com.google.protobuf.ByteString;
import io.grpc.Metadata;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** How a call of the conformance suite wants to be answered, the same for all kinds of methods. */
record ConformanceScript(
        List<Header> headers, List<ByteString> data, Optional<Error> error, List<Header> trailers, long delayMillis) {

    static ConformanceScript of(UnaryResponseDefinition definition) {
        return new ConformanceScript(
                definition.getResponseHeadersList(),
                definition.hasError() ? List.of() : List.of(definition.getResponseData()),
                definition.hasError() ? Optional.of(definition.getError()) : Optional.empty(),
                definition.getResponseTrailersList(),
                definition.getResponseDelayMs());
    }

    static ConformanceScript of(StreamResponseDefinition definition) {
        return new ConformanceScript(
                definition.getResponseHeadersList(),
                definition.getResponseDataList(),
                definition.hasError() ? Optional.of(definition.getError()) : Optional.empty(),
                definition.getResponseTrailersList(),
                definition.getResponseDelayMs());
    }

    static Metadata metadata(List<Header> headers) {
        Metadata metadata = new Metadata();
        for (Header header : headers) {
            header.getValueList().forEach(value -> put(metadata, header.getName(), value));
        }
        return metadata;
    }

    private static void put(Metadata metadata, String name, String value) {
        if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
            metadata.put(
                    Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER),
                    Base64.getDecoder().decode(value));
        } else {
            metadata.put(Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER), value);
        }
    }
}
