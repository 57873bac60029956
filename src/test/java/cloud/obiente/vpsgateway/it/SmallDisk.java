package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Command;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file system of its own for a gateway's state: ext4 in a file, which can be filled, and which an error turns read-only while
 * files are open, as a failing disk is. Needs root.
 */
final class SmallDisk implements AutoCloseable {
    private static final int MEGABYTES = 24;
    private static final int BLOCK = 1 << 10;

    private final Path image;
    private final Path place;

    private SmallDisk(Path image, Path place) {
        this.image = image;
        this.place = place;
    }

    /** Mounts an empty one at this directory, which is made. */
    static SmallDisk at(Path place) {
        Path image = place.resolveSibling("disk.ext4");
        try {
            Files.createDirectories(place);
            Files.deleteIfExists(image);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.run(List.of("truncate", "-s", MEGABYTES + "M", image.toString()));
        // No room is kept for root, who would write into it.
        Command.run(List.of("mkfs.ext4", "-q", "-m", "0", image.toString()));
        SmallDisk disk = new SmallDisk(image, place);
        disk.mount();
        return disk;
    }

    private void mount() {
        Command.run(List.of("mount", "-o", "loop", image.toString(), place.toString()));
    }

    private Path ballast() {
        return place.resolve("ballast");
    }

    /** To the last block; again, what has become free since. */
    void fill() {
        byte[] block = new byte[BLOCK];
        try (OutputStream out =
                Files.newOutputStream(ballast(), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            if (!String.valueOf(full.getMessage()).contains("No space left")) {
                throw new UncheckedIOException(full);
            }
        }
    }

    void empty() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As the kernel does by itself when a disk fails: nothing can be written any more, whoever has files open. */
    void turnReadOnly() {
        Command.run(List.of("mount", "-o", "remount,abort", place.toString()));
    }

    /** Checked, and writable again. Nobody may use it. */
    void mend() {
        Command.run(List.of("umount", place.toString()));
        Command.Result unused = Command.attempt(List.of("e2fsck", "-p", image.toString()));
        mount();
    }

    @Override
    public void close() {
        Command.run(List.of("umount", place.toString()));
    }
}
