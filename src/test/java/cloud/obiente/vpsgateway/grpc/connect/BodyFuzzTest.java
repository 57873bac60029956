package cloud.obiente.vpsgateway.grpc.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.google.common.primitives.Bytes;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Request bodies as nobody sends them. Every input is an option byte, a seed for where the body is cut, and the body.
 * Whatever it holds, it gives the same messages and the same refusal however it was cut, and never a message over the
 * limit.
 */
class BodyFuzzTest {
    private static final int LIMIT = 1000;
    private static final int OPTIONS = 2;
    private static final Set<Status.Code> REFUSALS =
            Set.of(Status.Code.INTERNAL, Status.Code.INVALID_ARGUMENT, Status.Code.RESOURCE_EXHAUSTED);

    @FuzzTest
    void envelopesAreCutOrRefused(byte[] input) {
        Input body = Input.of(input);
        assertReadAlike(() -> new EnvelopeReader(body.compression(), LIMIT), body);
    }

    @FuzzTest
    void base64IsUndoneOrRefused(byte[] input) {
        Input body = Input.of(input);
        assertReadAlike(() -> new Base64Reader(new EnvelopeReader(body.compression(), LIMIT)), body);
    }

    /** The same with bodies that are base64, so that what is behind it is reached. */
    @FuzzTest
    void envelopesInBase64AreCutOrRefused(byte[] input) {
        Input body = Input.of(input);
        Input text = body.with(Base64.getEncoder().encode(body.content()));
        assertThat(read(new Base64Reader(new EnvelopeReader(body.compression(), LIMIT)), text.pieces()))
                .isEqualTo(read(new EnvelopeReader(body.compression(), LIMIT), List.of(Buffer.buffer(body.content()))));
    }

    @FuzzTest
    void wholeBodiesAreTakenOrRefused(byte[] input) {
        Input body = Input.of(input);
        assertReadAlike(() -> new WholeBodyReader(body.compression(), LIMIT), body);
    }

    /** What we write ourselves is read as it was. The input's zero bytes are where one message ends. */
    @FuzzTest
    void messagesComeOutAsTheyWentIn(byte[] input) {
        Input all = Input.of(input);
        List<List<Byte>> messages = all.messages();
        Buffer body = Buffer.buffer();
        messages.forEach(message -> body.appendBuffer(framed(Bytes.toArray(message), all.compression())));
        Input packed = all.with(body.getBytes());
        assertThat(read(new EnvelopeReader(all.compression(), Integer.MAX_VALUE), packed.pieces()))
                .isEqualTo(new Outcome(messages, Optional.empty()));
    }

    private static Buffer framed(byte[] message, MessageCompression compression) {
        byte[] framed = new byte[Envelope.PREFIX_BYTES + message.length];
        System.arraycopy(message, 0, framed, Envelope.PREFIX_BYTES, message.length);
        boolean compressed = compression != MessageCompression.IDENTITY;
        return new OutgoingMessage(compression.compress(framed, Envelope.PREFIX_BYTES), compressed).sealed();
    }

    private static void assertReadAlike(Supplier<MessageReader> reader, Input body) {
        Outcome whole = read(reader.get(), List.of(Buffer.buffer(body.content())));
        assertThat(whole.messages()).allSatisfy(message -> assertThat(message).hasSizeLessThanOrEqualTo(LIMIT));
        whole.refusal().ifPresent(code -> assertThat(code).isIn(REFUSALS));
        assertThat(read(reader.get(), body.pieces())).isEqualTo(whole);
    }

    /** What became of a body. */
    private record Outcome(List<List<Byte>> messages, Optional<Status.Code> refusal) {}

    private static Outcome read(MessageReader reader, List<Buffer> pieces) {
        List<List<Byte>> messages = new ArrayList<>();
        try {
            for (Buffer piece : pieces) {
                reader.feed(piece);
                drain(reader, messages);
            }
            reader.end();
            drain(reader, messages);
            assertThat(reader.isEmpty()).as("all of it was read").isTrue();
            return new Outcome(messages, Optional.empty());
        } catch (StatusRuntimeException refused) {
            return new Outcome(messages, Optional.of(refused.getStatus().getCode()));
        }
    }

    private static void drain(MessageReader reader, List<List<Byte>> messages) {
        for (Optional<byte[]> next = reader.poll(); next.isPresent(); next = reader.poll()) {
            messages.add(Bytes.asList(next.get()));
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Input(byte options, byte seed, byte[] content) {
        static Input of(byte[] input) {
            byte[] padded = Arrays.copyOf(input, Math.max(OPTIONS, input.length));
            return new Input(padded[0], padded[1], Arrays.copyOfRange(padded, OPTIONS, padded.length));
        }

        Input with(byte[] other) {
            return new Input(options, seed, other);
        }

        MessageCompression compression() {
            return (options & 1) == 0 ? MessageCompression.IDENTITY : MessageCompression.GZIP;
        }

        List<Buffer> pieces() {
            Random random = new Random(seed);
            List<Buffer> pieces = new ArrayList<>();
            for (int at = 0; at < content.length; ) {
                int length = Math.min(content.length - at, random.nextInt(20));
                pieces.add(Buffer.buffer().appendBytes(content, at, length));
                at += length;
            }
            return pieces;
        }

        List<List<Byte>> messages() {
            List<List<Byte>> messages = new ArrayList<>();
            int from = 0;
            for (int at = 0; at < content.length; at++) {
                if (content[at] == 0) {
                    messages.add(Bytes.asList(Arrays.copyOfRange(content, from, at)));
                    from = at + 1;
                }
            }
            return messages;
        }
    }
}
