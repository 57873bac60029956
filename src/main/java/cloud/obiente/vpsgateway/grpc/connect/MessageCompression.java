package cloud.obiente.vpsgateway.grpc.connect;

import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** How the bytes of a message travel. */
enum MessageCompression {
    IDENTITY("identity"),
    GZIP("gzip");

    /** What we accept, as the accept-encoding headers of all protocols spell it. */
    static final String ACCEPTED = "gzip, identity";

    private static final int BUFFER_BYTES = 8192;

    private final String wireName;

    MessageCompression(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    static Optional<MessageCompression> named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "identity" -> Optional.of(IDENTITY);
            case "gzip" -> Optional.of(GZIP);
            default -> Optional.empty();
        };
    }

    /** Reads a list such as {@code br, gzip;q=0.8}; what we do not know is left out, and so is what has weight 0. */
    static Set<MessageCompression> namedIn(String list) {
        Set<MessageCompression> found = EnumSet.of(IDENTITY);
        for (String item : list.split(",")) {
            String[] parts = item.split(";", -1);
            boolean refused = parts.length > 1 && parts[1].strip().matches("q=0(\\.0*)?");
            if (!refused) {
                named(parts[0]).ifPresent(found::add);
            }
        }
        return found;
    }

    /**
     * @param limit largest result in bytes; a message that would be larger is given up as soon as that shows
     * @throws io.grpc.StatusRuntimeException RESOURCE_EXHAUSTED beyond the limit, INVALID_ARGUMENT when not compressed
     *     so
     */
    byte[] decompress(byte[] compressed, int limit) {
        if (this == IDENTITY) {
            return compressed;
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed), BUFFER_BYTES)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream(Math.min(limit, 2 * compressed.length));
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                if (out.size() + read > limit) {
                    throw Status.RESOURCE_EXHAUSTED
                            .withDescription("Decompressed message is larger than " + limit + " bytes")
                            .asRuntimeException();
                }
                out.write(buffer, 0, read);
            }
            return out.toByteArray();
        } catch (IOException corrupt) {
            throw Status.INVALID_ARGUMENT
                    .withDescription("Message is not valid gzip: " + corrupt.getMessage())
                    .withCause(corrupt)
                    .asRuntimeException();
        } catch (StackOverflowError thousandsOfMembers) {
            // Behind a member (RFC 1952 section 2.2) that is empty, the JDK calls itself to read the next one.
            throw Status.INVALID_ARGUMENT
                    .withDescription("Message is not valid gzip: too many empty members")
                    .asRuntimeException();
        }
    }

    /** The bytes from {@code offset} on, compressed, with as many unused bytes in front as there were. */
    byte[] compress(byte[] message, int offset) {
        if (this == IDENTITY) {
            return message;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(message.length);
        out.write(message, 0, offset);
        try (OutputStream gzip = new FastGzip(out)) {
            gzip.write(message, offset, message.length - offset);
        } catch (IOException impossible) {
            throw new IllegalStateException("Writing to memory failed", impossible);
        }
        return out.toByteArray();
    }

    /** On an event loop time counts more than the last percent. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, BUFFER_BYTES);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
