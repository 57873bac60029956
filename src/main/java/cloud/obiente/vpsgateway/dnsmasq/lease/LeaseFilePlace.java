package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Where dnsmasq keeps its leases: in memory, because it writes the whole file and forces it to disk before each answer, which on
 * a busy disk makes a boot storm last twice as long. At the place that people know is a link to it. What is in memory survives
 * any death of the gateway; a copy in the state directory survives the host's.
 *
 * <p>The rules of the start, of which each holds after a crash at any moment:
 *
 * <ol>
 *   <li>a file at the known place (an earlier version, an orderly stop, an operator) is newer than anything else;
 *   <li>where neither that nor a copy is, somebody has emptied the state directory: nothing is taken over;
 *   <li>otherwise what is in memory goes on, and where nothing is (the host was restarted), the copy.
 * </ol>
 *
 * <p>Blocks; for one thread at a time.
 */
public final class LeaseFilePlace {
    private static final String NAME = "dnsmasq.leases";

    private final Path shown;
    private final Path copy;
    private final Path file;
    private byte[] copied = new byte[0];

    private LeaseFilePlace(Path stateDirectory, Path file) {
        this.shown = stateDirectory.resolve(NAME);
        this.copy = stateDirectory.resolve(NAME + ".copy");
        this.file = file;
    }

    /**
     * Puts the leases of an earlier run where they are to be.
     *
     * @param memory a directory in memory that outlives the process; empty: the leases stay in the state directory
     * @throws IOException when that cannot be done; what was there is there still
     */
    public static LeaseFilePlace open(Path stateDirectory, Optional<Path> memory) throws IOException {
        Path shown = stateDirectory.resolve(NAME);
        LeaseFilePlace place = new LeaseFilePlace(
                stateDirectory,
                memory.isPresent()
                        ? privateDirectory(memory.get(), stateDirectory).resolve(NAME)
                        : shown);
        if (memory.isPresent()) {
            place.moveToMemory();
        } else if (Files.isSymbolicLink(shown)) {
            place.moveBack(Files.exists(shown) ? shown.toRealPath() : place.copy);
        }
        return place;
    }

    /** Without memory, and without looking at what is there. */
    public static LeaseFilePlace onDisk(Path stateDirectory) {
        return new LeaseFilePlace(stateDirectory, stateDirectory.resolve(NAME));
    }

    /** Ours alone, and of this state directory; somebody else's of that name is refused. */
    private static Path privateDirectory(Path memory, Path stateDirectory) throws IOException {
        Path directory = memory.resolve(String.format(
                Locale.ROOT,
                "vps-gateway-%08x",
                stateDirectory.toRealPath().toString().hashCode()));
        if (Files.notExists(directory, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        Object owner = Files.getAttribute(directory, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                || !owner.equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))) {
            throw new IOException(directory + " is somebody else's");
        }
        return directory;
    }

    /** The file that dnsmasq writes. */
    public Path file() {
        return file;
    }

    private void moveToMemory() throws IOException {
        if (Files.isRegularFile(shown, LinkOption.NOFOLLOW_LINKS)) {
            replace(file, Files.readAllBytes(shown));
            // The copy first: at any moment one of the two is whole.
            Files.move(shown, copy, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } else if (Files.notExists(shown, LinkOption.NOFOLLOW_LINKS) && Files.notExists(copy)) {
            Files.deleteIfExists(file);
        } else if ((Files.notExists(file) || isCopiedFromElsewhere()) && Files.exists(copy)) {
            replace(file, Files.readAllBytes(copy));
        }
        if (!linksToFile()) {
            link();
        }
    }

    /** A copied state directory has the link of the one that it was copied from, whose leases are not ours to follow. */
    private boolean isCopiedFromElsewhere() throws IOException {
        return Files.isSymbolicLink(shown) && !linksToFile();
    }

    private boolean linksToFile() throws IOException {
        return Files.isSymbolicLink(shown) && Files.readSymbolicLink(shown).equals(file);
    }

    private void link() throws IOException {
        Path temporary = shown.resolveSibling("." + NAME + ".link");
        Files.deleteIfExists(temporary);
        Files.createSymbolicLink(temporary, file);
        Files.move(temporary, shown, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Does to the file what somebody did to the link: who removes it means the leases. dnsmasq is replaced when its file is
     * gone, and begins a new one.
     *
     * @throws IOException when the link cannot be made again
     */
    public void followRemoval() throws IOException {
        if (!file.equals(shown) && Files.notExists(shown, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(copy);
            Files.deleteIfExists(file);
            copied = new byte[0];
            link();
        }
    }

    /**
     * Copies the leases to the state directory, if they have changed since the last time.
     *
     * @param leases by which the file is seen to be whole
     * @throws IOException when it cannot be read or written; the copy is then as it was
     */
    public void save(LeaseSnapshot leases) throws IOException {
        if (file.equals(shown)) {
            return;
        }
        byte[] now = read();
        boolean isWhole = LeaseFileParser.parse(new String(now, StandardCharsets.ISO_8859_1))
                .leases()
                .equals(leases.leases());
        if (isWhole && !Arrays.equals(now, copied)) {
            replace(copy, now);
            copied = now;
        }
    }

    /** Puts the leases at the known place, for whichever version starts next. dnsmasq must have ended. */
    public void moveBack() throws IOException {
        if (!file.equals(shown) && Files.exists(file)) {
            moveBack(file);
            Files.deleteIfExists(file);
        }
    }

    private void moveBack(Path from) throws IOException {
        replace(shown, Files.exists(from) ? Files.readAllBytes(from) : new byte[0]);
        Files.deleteIfExists(copy);
    }

    private byte[] read() throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException removed) {
            return new byte[0];
        }
    }

    /** By rename, forced to disk: this is for the host's sudden end. */
    private static void replace(Path target, byte[] content) throws IOException {
        Path temporary = target.resolveSibling("." + target.getFileName() + ".tmp");
        Files.write(temporary, content);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
