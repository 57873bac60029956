package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Rewrites a lease file as dnsmasq does: truncates it, then writes 4 KiB at a time. Every rewrite is a generation: its
 * leases all expire at that second, and it has a number of leases of its own, so a reader can tell a torn view. Lines have
 * 64 octets, so that every cut falls between two lines: the worst case.
 */
final class TearingWriter {
    private static final int WRITE_SIZE = 4096;
    private static final int FEWEST = 3000;

    private final Path path;
    private final Random random;
    private final Set<Long> heldUp = ConcurrentHashMap.newKeySet();

    TearingWriter(Path path, Random random) {
        this.path = path;
        this.random = random;
    }

    static String contentOf(long generation, int leases) {
        return IntStream.range(0, leases)
                .mapToObj(i -> String.format(
                        "%010d 02:00:00:00:%02x:%02x 10.20.%03d.%03d %s *\n",
                        generation, i >> 8, i & 255, 100 + (i >> 8) % 100, 100 + i % 100, "vps-abcdefghijk"))
                .collect(Collectors.joining());
    }

    static int leasesOf(long generation) {
        return FEWEST + (int) (generation * 37 % 1000);
    }

    /** Generations in quick succession and with rests between them, about half and half. */
    void rewrite(int generations) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            for (long generation = 1; generation <= generations; generation++) {
                byte[] content = contentOf(generation, leasesOf(generation)).getBytes(StandardCharsets.US_ASCII);
                write(file, generation, content);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextBoolean() ? 3 : random.nextInt(120)));
            }
        }
    }

    private void write(RandomAccessFile file, long generation, byte[] content) throws IOException {
        int stallAt = random.nextInt(content.length / WRITE_SIZE) * WRITE_SIZE;
        long last = System.nanoTime();
        file.seek(0);
        file.setLength(0);
        for (int start = 0; start < content.length; start += WRITE_SIZE) {
            if (start == stallAt) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(30)));
            }
            file.write(content, start, Math.min(WRITE_SIZE, content.length - start));
            long now = System.nanoTime();
            if (now - last > TimeUnit.MILLISECONDS.toNanos(90)) {
                heldUp.add(generation);
            }
            last = now;
        }
    }

    /** The generation of a view, 0 for the view of an empty file. */
    static long generationOf(List<Lease> leases) {
        return leases.isEmpty() ? 0 : leases.get(0).expires().orElseThrow().getEpochSecond();
    }

    static boolean isWhole(List<Lease> leases) {
        long generation = generationOf(leases);
        return leases.size() == leasesOf(generation)
                && leases.stream()
                        .allMatch(lease -> lease.expires().orElseThrow().getEpochSecond() == generation);
    }

    /** The rewrites in which this thread was held up in the middle for longer than any reader can tell. */
    Set<Long> heldUp() {
        return Set.copyOf(heldUp);
    }
}
