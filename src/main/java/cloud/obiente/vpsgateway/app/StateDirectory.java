package cloud.obiente.vpsgateway.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

/**
 * The directory that holds everything a gateway must not lose, locked for one gateway at a time. The kernel drops the lock
 * when the process ends, however it ends (fcntl(2)), so the lock file that stays behind means nothing.
 */
final class StateDirectory implements AutoCloseable {
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
            FileChannel lockFile =
                    FileChannel.open(path.resolve("gateway.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
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

    /** A directory for files of this run; what an earlier one left in it is gone. */
    Path emptyScratch() {
        Path scratch = path.resolve("tmp");
        try {
            Files.createDirectories(scratch);
            try (Stream<Path> left = Files.list(scratch)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            return scratch;
        } catch (IOException e) {
            throw new StartFailedException(scratch + " cannot be emptied: " + e);
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }
}
