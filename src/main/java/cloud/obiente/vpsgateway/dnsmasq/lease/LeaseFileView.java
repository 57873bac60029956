package cloud.obiente.vpsgateway.dnsmasq.lease;

import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFileParser.Parsed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** One reading of the lease file: stat, read, stat. */
final class LeaseFileView {
    /** dnsmasq writes through a stdio buffer of this size (strace), so a file cut short between two writes is a multiple. */
    private static final int WRITE_SIZE = 4096;

    /** What the content looks like to somebody who does not know whether dnsmasq has finished writing it. */
    enum Shape {
        /** Ends where a file may end, and dnsmasq can have written every line. */
        WHOLE,
        /**
         * Empty, or cut where a write may have ended, or with a line that dnsmasq does not write. The age of an empty file
         * proves nothing: ext4 shows the new size before the new modification time while it truncates.
         */
        DOUBTFUL,
        /** Ends in the middle of a line. */
        UNTERMINATED
    }

    /** Which file, how long, when changed: equal stamps mean unchanged content once the time is a clock tick ago. */
    record Stamp(Object inode, long size, FileTime modified) {
        /** @return empty when there is no such file */
        static Optional<Stamp> of(Path file) throws IOException {
            try {
                BasicFileAttributes stat = Files.readAttributes(file, BasicFileAttributes.class);
                return Optional.of(new Stamp(stat.fileKey(), stat.size(), stat.lastModifiedTime()));
            } catch (NoSuchFileException missing) {
                return Optional.empty();
            }
        }
    }

    private final byte[] content;
    private final Parsed parsed;

    private LeaseFileView(byte[] content) {
        this.content = content;
        this.parsed = LeaseFileParser.parse(new String(content, StandardCharsets.ISO_8859_1));
    }

    /** @return empty when the file changed, or went away, between {@code before} and the end of the read */
    static Optional<LeaseFileView> of(Path file, Stamp before) throws IOException {
        try {
            byte[] content = Files.readAllBytes(file);
            boolean unchanged = content.length == before.size()
                    && Stamp.of(file).filter(before::equals).isPresent();
            return unchanged ? Optional.of(new LeaseFileView(content)) : Optional.empty();
        } catch (NoSuchFileException missing) {
            return Optional.empty();
        }
    }

    Parsed parsed() {
        return parsed;
    }

    Shape shape() {
        if (content.length > 0 && content[content.length - 1] != '\n') {
            return Shape.UNTERMINATED;
        }
        return content.length % WRITE_SIZE == 0 || !parsed.isWellFormed() ? Shape.DOUBTFUL : Shape.WHOLE;
    }
}
