package cloud.obiente.vpsgateway.attack;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Twelve octets by which frames are known again wherever they come out. No two are alike. */
record Mark(String text) {
    private static final AtomicInteger NEXT = new AtomicInteger(1);

    static Mark next() {
        return new Mark(String.format("mark%08x", NEXT.getAndIncrement()));
    }

    byte[] octets() {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public String toString() {
        return text;
    }
}
