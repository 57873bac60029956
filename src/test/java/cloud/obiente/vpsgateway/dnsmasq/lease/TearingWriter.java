package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rewrites a lease file as dnsmasq does: truncates it, then writes 4 KiB at a time, and answers questions between rewrites
 * only. Every rewrite is a generation: its leases all expire at that second, and it has a number of leases of its own, so a
 * reader can tell a torn view. Lines have 64 octets, so that every cut falls between two lines: the worst case.
 */
final class TearingWriter implements WriterIdleCheck {
    static final int WRITE_SIZE = 4096;

    private static final int FEWEST = 3000;

    /** Called in the middle of a rewrite, each time that so many octets have been written. */
    interface Interruption {
        void at(int written) throws InterruptedException;
    }

    private final Path path;
    private final ReentrantLock working = new ReentrantLock(true);

    TearingWriter(Path path) {
        this.path = path;
    }

    static String contentOf(long generation, int leases) {
        return IntStream.range(0, leases)
                .mapToObj(i -> String.format(
                        "%010d 02:00:00:00:%02x:%02x 10.20.%03d.%03d %s *\n",
                        generation, i >> 8, i & 255, 100 + (i >> 8) % 100, 100 + i % 100, "vps-abcdefghijklmn"))
                .collect(Collectors.joining());
    }

    static int leasesOf(long generation) {
        return FEWEST + (int) (generation * 37 % 1000);
    }

    void rewrite(long generation, Interruption interruption) throws IOException, InterruptedException {
        byte[] content = contentOf(generation, leasesOf(generation)).getBytes(StandardCharsets.US_ASCII);
        working.lockInterruptibly();
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.setLength(0);
            for (int start = 0; start < content.length; start += WRITE_SIZE) {
                interruption.at(start);
                file.write(content, start, Math.min(WRITE_SIZE, content.length - start));
            }
        } finally {
            working.unlock();
        }
    }

    /** Waits for its turn, however long that takes. */
    @Override
    public Verdict check() throws InterruptedException {
        working.lockInterruptibly();
        working.unlock();
        return Verdict.IDLE;
    }

    /** Whether somebody waits for an answer. */
    boolean isBeingAsked() {
        return working.hasQueuedThreads();
    }

    static boolean isWhole(List<Lease> leases) {
        if (leases.isEmpty()) {
            return false;
        }
        long generation = leases.get(0).expires().orElseThrow().getEpochSecond();
        return leases.size() == leasesOf(generation)
                && leases.stream()
                        .allMatch(lease -> lease.expires().orElseThrow().getEpochSecond() == generation);
    }
}
