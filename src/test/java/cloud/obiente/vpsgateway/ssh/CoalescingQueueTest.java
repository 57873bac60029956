package cloud.obiente.vpsgateway.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CoalescingQueueTest {
    private final CoalescingQueue chunks = new CoalescingQueue();
    private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private final ByteArrayOutputStream read = new ByteArrayOutputStream();

    /** Whatever is read between one addition and the next, and however much of it. */
    @Property
    void allComesOutAsItCameIn(
            @ForAll @Size(max = 60) List<@IntRange(max = 3_000) Integer> sizes,
            @ForAll @Size(60) List<@IntRange(max = 5_000) Integer> reads) {
        for (int i = 0; i < sizes.size(); i++) {
            add(sizes.get(i));
            read(reads.get(i));
        }
        read(Integer.MAX_VALUE);
        assertThat(read.toByteArray()).isEqualTo(sent.toByteArray());
    }

    /** A part of something larger, as messages are read; the rest of it must stay as it is. */
    private void add(int size) {
        byte[] larger = new byte[size + 10_000];
        for (int i = 0; i < larger.length; i++) {
            larger[i] = (byte) (sent.size() + i);
        }
        byte[] before = larger.clone();
        chunks.add(ByteBuffer.wrap(larger, 5, size));
        assertThat(larger).isEqualTo(before);
        sent.write(larger, 5, size);
    }

    private void read(int most) {
        int left = most;
        while (!chunks.isEmpty() && left > 0) {
            ByteBuffer first = chunks.first();
            int size = Math.min(left, first.remaining());
            byte[] some = new byte[size];
            first.get(some);
            read.write(some, 0, size);
            left -= size;
            if (!first.hasRemaining()) {
                assertThat(chunks.removeFirst()).isSameAs(first);
            }
        }
    }

    @Test
    void singleBytesAreFewPieces() {
        for (int i = 0; i < 100_000; i++) {
            add1((byte) i);
        }
        assertThat(chunks.count()).isLessThan(20);
    }

    @Test
    void largePiecesStayAsTheyAre() {
        ByteBuffer large = ByteBuffer.allocate(32 << 10);
        add1((byte) 1);
        chunks.add(large);
        add1((byte) 2);
        chunks.removeFirst();
        assertThat(chunks.first()).isSameAs(large);
        assertThat(large.remaining()).isEqualTo(32 << 10);
    }

    private void add1(byte value) {
        chunks.add(ByteBuffer.wrap(new byte[] {value}));
    }
}
