package cloud.obiente.vpsgateway.app.check;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who has a port of this host, from what the kernel tells of sockets and of processes (proc(5)). Blocks; stateless.
 *
 * @param proc where proc is mounted
 */
record PortHolder(Path proc) {
    private static final int LOCAL_ADDRESS = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final String LISTENING = "0A";
    private static final String UNCONNECTED = "07";

    /**
     * A process that has it.
     *
     * @param name as in {@code comm}
     */
    record Holder(long pid, String name) {
        @Override
        public String toString() {
            return name + " (process " + pid + ")";
        }
    }

    /** Whether any socket of this host has the port, on whatever address. */
    boolean isTaken(String protocol, int port) {
        return !inodes(protocol, port).isEmpty();
    }

    /** Who listens; empty when nobody does, or the process is somebody else's and we may not look. */
    Optional<Holder> find(String protocol, int port) {
        Set<String> wanted = new HashSet<>();
        inodes(protocol, port).forEach(inode -> wanted.add("socket:[" + inode + "]"));
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (hasOneOf(process, wanted)) {
                    return Optional.of(new Holder(
                            Long.parseLong(process.getFileName().toString()),
                            Files.readString(process.resolve("comm")).strip()));
                }
            }
        } catch (IOException gone) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean hasOneOf(Path process, Set<String> wanted) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isOneOf(descriptor, wanted)) {
                    return true;
                }
            }
        } catch (IOException somebodyElses) {
            return false;
        }
        return false;
    }

    private static boolean isOneOf(Path descriptor, Set<String> wanted) {
        try {
            return wanted.contains(Files.readSymbolicLink(descriptor).toString());
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private Set<String> inodes(String protocol, int port) {
        return Stream.concat(sockets(protocol), sockets(protocol + "6"))
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields.length > INODE && isHeld(fields, port))
                .map(fields -> fields[INODE])
                .collect(Collectors.toSet());
    }

    /** None where the kernel has no such protocol. */
    private Stream<String> sockets(String table) {
        try {
            return Files.readString(proc.resolve("net").resolve(table), StandardCharsets.ISO_8859_1)
                    .lines()
                    .skip(1);
        } catch (IOException withoutIpv6) {
            return Stream.empty();
        }
    }

    private static boolean isHeld(String[] fields, int port) {
        return fields[LOCAL_ADDRESS].endsWith(String.format(Locale.ROOT, ":%04X", port))
                && (fields[STATE].equals(LISTENING) || fields[STATE].equals(UNCONNECTED));
    }
}
