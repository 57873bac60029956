package cloud.obiente.vpsgateway.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * The directory that holds everything a gateway must not lose, locked for one gateway at a time. The kernel drops the lock
 * when the process ends, however it ends (fcntl(2)), so the lock file that stays behind means nothing.
 */
final class StateDirectory implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(StateDirectory.class);
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rwx------");
    private static final Path MEMORY = Path.of("/dev/shm");
    /** More than any native library has that is unpacked. */
    private static final long SCRATCH_BYTES = 4L << 20;

    private final Path path;
    private final FileChannel lockFile;

    private StateDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory if it is missing, readable by its owner alone, and locks it.
     *
     * @throws StartFailedException when it cannot be made or written, or another gateway has it
     */
    static StateDirectory open(Path path) {
        try {
            if (!Files.isDirectory(path)) {
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            FileChannel lockFile = FileChannel.open(
                    path.resolve("gateway.lock"),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (!lock(lockFile)) {
                lockFile.close();
                throw new StartFailedException("another gateway uses the state directory " + path
                        + " (stop it, or give this one its own GATEWAY_DHCP_LEASES_DIR)");
            }
            return new StateDirectory(path, lockFile);
        } catch (IOException e) {
            throw new StartFailedException("the state directory " + path + " cannot be used: " + e
                    + " (make it writable, or choose another GATEWAY_DHCP_LEASES_DIR)");
        }
    }

    private static boolean lock(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException heldByThisProcess) {
            return false;
        }
    }

    Path path() {
        return path;
    }

    /**
     * A directory for files of this run, such as native libraries that have to be unpacked; what an earlier one left in it is
     * gone. Where the disk has no room for them it is in memory, under /dev/shm.
     *
     * @throws StartFailedException when there is none
     */
    Path emptyScratch() {
        Path scratch = path.resolve("tmp");
        try {
            empty(scratch);
            if (Files.getFileStore(scratch).getUsableSpace() >= SCRATCH_BYTES) {
                return scratch;
            }
        } catch (IOException full) {
            LOG.warnf("%s cannot be used (%s); trying %s", scratch, full, MEMORY);
        }
        return scratchInMemory();
    }

    private Path scratchInMemory() {
        Path scratch = MEMORY.resolve(
                "vps-gateway-" + Integer.toHexString(path.toAbsolutePath().hashCode()));
        try {
            empty(scratch);
            UserPrincipal owner = Files.getOwner(scratch, LinkOption.NOFOLLOW_LINKS);
            if (!owner.equals(Files.getOwner(Path.of("/proc/self")))
                    || !Files.getPosixFilePermissions(scratch, LinkOption.NOFOLLOW_LINKS)
                            .equals(OWNER)) {
                throw new IOException(scratch + " is somebody else's");
            }
            return scratch;
        } catch (IOException e) {
            throw new StartFailedException("there is no room for SQLite's native library: the disk of " + path
                    + " is full, and " + e + " (free 4 MB on that disk)");
        }
    }

    private static void empty(Path scratch) throws IOException {
        if (!Files.isDirectory(scratch, LinkOption.NOFOLLOW_LINKS)) {
            Files.createDirectory(scratch, PosixFilePermissions.asFileAttribute(OWNER));
        }
        try (Stream<Path> left = Files.list(scratch)) {
            for (Path file : left.toList()) {
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
