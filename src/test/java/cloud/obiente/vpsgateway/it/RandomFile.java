package cloud.obiente.vpsgateway.it;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Files whose bytes tell when one of them is lost, doubled or elsewhere. */
final class RandomFile {
    private static final int PIECE_BYTES = 1 << 20;

    private RandomFile() {}

    /** The same for the same size. */
    static Path write(Path file, int size) throws IOException {
        Random random = new Random(size);
        byte[] piece = new byte[Math.min(size, PIECE_BYTES)];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int left = size; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece, 0, Math.min(left, piece.length));
            }
        }
        return file;
    }
}
