package cloud.obiente.vpsgateway.attack.port;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPOutputStream;

/** Small things that become large. Stateless. */
final class Bombs {
    private Bombs() {}

    /** So many zeros, compressed. */
    static byte[] gzip(int size) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new byte[size]);
        }
        return compressed.toByteArray();
    }
}
