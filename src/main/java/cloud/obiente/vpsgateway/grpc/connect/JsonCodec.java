package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;

/**
 * Protobuf's JSON form (protobuf.dev, "ProtoJSON"). Fields that the message does not have are ignored, so that a newer
 * client can talk to an older server, as it can in binary.
 */
final class JsonCodec implements MessageCodec {
    private final JsonFormat.Parser parser;
    private final JsonFormat.Printer printer;

    JsonCodec(TypeRegistry types) {
        parser = JsonFormat.parser().usingTypeRegistry(types).ignoringUnknownFields();
        printer = JsonFormat.printer().usingTypeRegistry(types).omittingInsignificantWhitespace();
    }

    @Override
    public <T> T parse(Marshaller<T> marshaller, byte[] bytes) {
        if (!(marshaller instanceof PrototypeMarshaller<T> typed)
                || !(typed.getMessagePrototype() instanceof Message prototype)) {
            throw notProtobuf();
        }
        PartLimit.checkJson(bytes);
        try {
            Message.Builder builder = prototype.newBuilderForType();
            String json = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            if (LongNumbers.isIn(json, builder.getDescriptorForType())) {
                throw Status.INVALID_ARGUMENT
                        .withDescription("Malformed request message: a number of more than " + LongNumbers.MAX_LENGTH
                                + " characters")
                        .asRuntimeException();
            }
            parser.merge(json, builder);
            return typed.getMessageClass().cast(builder.build());
        } catch (CharacterCodingException | InvalidProtocolBufferException malformed) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("Malformed request message: " + malformed.getMessage())
                    .withCause(malformed)
                    .asRuntimeException();
        }
    }

    @Override
    public <T> byte[] format(Marshaller<T> marshaller, T message, int headroom) {
        if (!(message instanceof MessageOrBuilder protobuf)) {
            throw notProtobuf();
        }
        byte[] json = print(protobuf).getBytes(UTF_8);
        byte[] framed = new byte[headroom + json.length];
        System.arraycopy(json, 0, framed, headroom, json.length);
        return framed;
    }

    private String print(MessageOrBuilder message) {
        try {
            return printer.print(message);
        } catch (InvalidProtocolBufferException | IllegalArgumentException unprintable) {
            // An Any of an unknown type, a time beyond the year 9999.
            throw Status.INTERNAL
                    .withDescription("Response has no JSON form: " + unprintable.getMessage())
                    .withCause(unprintable)
                    .asRuntimeException();
        }
    }

    private static StatusRuntimeException notProtobuf() {
        return Status.UNIMPLEMENTED
                .withDescription("This method has no JSON form")
                .asRuntimeException();
    }
}
