package cloud.obiente.vpsgateway.app.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A database that nobody has open, with its log, in a directory of its own that goes with it. */
final class DatabaseCopy implements AutoCloseable {
    private static final String LOG = "-wal";
    /** Where sqlite-jdbc unpacks its native library. */
    private static final String SQLITE_DIRECTORY = "org.sqlite.tmpdir";

    private final Path directory;
    private final Path file;

    private DatabaseCopy(Path directory, Path file) {
        this.directory = directory;
        this.file = file;
    }

    /** @throws IOException when it cannot be read, or there is no room for a copy */
    static DatabaseCopy of(Path database) throws IOException {
        Path directory = Files.createTempDirectory("vps-gateway");
        Path file = directory.resolve(database.getFileName());
        DatabaseCopy copy = new DatabaseCopy(directory, file);
        try {
            System.setProperty(SQLITE_DIRECTORY, directory.toString());
            Files.copy(database, file);
            Path log = database.resolveSibling(database.getFileName() + LOG);
            if (Files.exists(log)) {
                Files.copy(log, file.resolveSibling(file.getFileName() + LOG));
            }
            return copy;
        } catch (IOException fault) {
            copy.close();
            throw fault;
        }
    }

    Path file() {
        return file;
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> left = Files.list(directory)) {
            for (Path each : left.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(directory);
    }
}
