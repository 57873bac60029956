package cloud.obiente.vpsgateway.grpc.connect;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;

class MessageReaderTest {
    private static final int LIMIT = 1000;

    @Property
    void messagesComeOutAsTheyWentInHoweverTheBodyIsCut(
            @ForAll @Size(max = 5) List<@Size(max = 300) byte[]> messages, @ForAll long seed) {
        Buffer body = Buffer.buffer();
        messages.forEach(message -> body.appendBuffer(Envelope.wrap(message, 0)));
        EnvelopeReader reader = new EnvelopeReader(MessageCompression.IDENTITY, LIMIT);
        assertThat(readAll(reader, pieces(body.getBytes(), seed))).containsExactlyElementsOf(messages);
        assertThat(reader.isEmpty()).isTrue();
    }

    @Property
    void compressedMessagesComeOutPlain(@ForAll @Size(max = 1000) byte[] message, @ForAll long seed) {
        byte[] framed = new byte[Envelope.PREFIX_BYTES + message.length];
        System.arraycopy(message, 0, framed, Envelope.PREFIX_BYTES, message.length);
        Buffer body = Envelope.seal(MessageCompression.GZIP.compress(framed, Envelope.PREFIX_BYTES), 1);
        EnvelopeReader reader = new EnvelopeReader(MessageCompression.GZIP, 2 * LIMIT);
        assertThat(readAll(reader, pieces(body.getBytes(), seed))).containsExactly(message);
    }

    @Property
    void base64MayBePaddedAnywhereBetweenPieces(
            @ForAll @Size(max = 5) List<@Size(max = 50) byte[]> messages, @ForAll long seed) {
        StringBuilder body = new StringBuilder();
        messages.forEach(message -> body.append(
                Base64.getEncoder().encodeToString(Envelope.wrap(message, 0).getBytes())));
        Base64Reader reader = new Base64Reader(new EnvelopeReader(MessageCompression.IDENTITY, LIMIT));
        assertThat(readAll(reader, pieces(body.toString().getBytes(US_ASCII), seed)))
                .containsExactlyElementsOf(messages);
    }

    @Example
    void messagesBeforeWhatIsNotBase64AreReadFirst() {
        Base64Reader reader = new Base64Reader(new EnvelopeReader(MessageCompression.IDENTITY, LIMIT));
        String message = Base64.getEncoder()
                .encodeToString(Envelope.wrap(new byte[] {7}, 0).getBytes());
        reader.feed(Buffer.buffer(message + "?AA="));
        assertThat(reader.poll()).isPresent();
        assertRefused(reader, Status.Code.INTERNAL);
    }

    @Property(tries = 5000)
    void anyBytesAreMessagesOrAStatus(@ForAll byte[] body, @ForAll long seed) {
        for (MessageReader reader : List.of(
                new EnvelopeReader(MessageCompression.GZIP, LIMIT),
                new Base64Reader(new EnvelopeReader(MessageCompression.IDENTITY, LIMIT)),
                new WholeBodyReader(MessageCompression.GZIP, LIMIT))) {
            try {
                readAll(reader, pieces(body, seed))
                        .forEach(message -> assertThat(message).hasSizeLessThanOrEqualTo(LIMIT));
            } catch (StatusRuntimeException refused) {
                assertThat(refused.getStatus().getCode())
                        .isIn(Status.Code.INTERNAL, Status.Code.INVALID_ARGUMENT, Status.Code.RESOURCE_EXHAUSTED);
            }
        }
    }

    @Example
    void sizeIsCheckedBeforeTheMessageArrives() {
        EnvelopeReader reader = new EnvelopeReader(MessageCompression.IDENTITY, LIMIT);
        reader.feed(Buffer.buffer(new byte[] {0, -1, -1, -1, -1}));
        assertRefused(reader, Status.Code.RESOURCE_EXHAUSTED);
    }

    @Example
    void decompressionStopsAtTheLimit() {
        byte[] bomb =
                MessageCompression.GZIP.compress(new byte[Envelope.PREFIX_BYTES + (64 << 20)], Envelope.PREFIX_BYTES);
        EnvelopeReader reader = new EnvelopeReader(MessageCompression.GZIP, 1 << 20);
        reader.feed(Envelope.seal(bomb, 1));
        assertRefused(reader, Status.Code.RESOURCE_EXHAUSTED);
    }

    @Example
    void bodyThatEndsWithinAMessageIsBroken() {
        EnvelopeReader reader = new EnvelopeReader(MessageCompression.IDENTITY, LIMIT);
        reader.feed(Buffer.buffer(new byte[] {0, 0, 0}));
        assertThat(reader.poll()).isEmpty();
        reader.end();
        assertRefused(reader, Status.Code.INTERNAL);
    }

    private static void assertRefused(MessageReader reader, Status.Code code) {
        assertThatThrownBy(reader::poll).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> assertThat(
                        refused.getStatus().getCode())
                .isEqualTo(code));
    }

    private static List<byte[]> readAll(MessageReader reader, List<Buffer> pieces) {
        List<byte[]> messages = new ArrayList<>();
        for (Buffer piece : pieces) {
            reader.feed(piece);
            drain(reader, messages);
        }
        reader.end();
        drain(reader, messages);
        return messages;
    }

    private static void drain(MessageReader reader, List<byte[]> messages) {
        Stream.generate(reader::poll)
                .takeWhile(Optional::isPresent)
                .map(Optional::get)
                .forEach(messages::add);
    }

    private static List<Buffer> pieces(byte[] body, long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("Random").create(seed);
        List<Buffer> pieces = new ArrayList<>();
        for (int at = 0; at < body.length; ) {
            int length = Math.min(body.length - at, 1 + random.nextInt(20));
            pieces.add(Buffer.buffer().appendBytes(body, at, length));
            at += length;
        }
        return pieces;
    }
}
