package cloud.obiente.vpsgateway.app.check;

import cloud.obiente.vpsgateway.control.ControlServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The state directory: whether it can be written, how long its disk takes, and what it says of the clock. What it writes it
 * removes again.
 */
record StateChecks(HostView host, Clock clock) {
    private static final int TRIES = 5;
    private static final Duration SLOW = Duration.ofMillis(50);
    private static final long LITTLE_ROOM = 64L << 20;
    private static final int MAX_SOCKET_PATH = 107;
    private static final Instant NO_EARLIER = Instant.parse("2026-01-01T00:00:00Z");

    List<Finding> of(Path directory) {
        List<Finding> findings = new ArrayList<>();
        String subject = "state directory";
        if (Files.isDirectory(directory)) {
            findings.add(disk(directory));
            findings.add(room(directory));
            if (isNoexec(directory)) {
                findings.add(Finding.noStart(
                        subject,
                        directory + " is mounted noexec",
                        "SQLite's native code, which is unpacked there, cannot be loaded",
                        "mount -o remount,exec " + mountPoint(directory)));
            }
        } else {
            Path parent = existing(directory);
            findings.add(
                    Files.isWritable(parent)
                            ? Finding.ok(subject, directory + " will be made in " + parent)
                            : Finding.noStart(
                                    subject,
                                    directory + " does not exist, and " + parent + " cannot be written",
                                    "the gateway has no place for its allocations",
                                    "install -d -m 700 -o vps-gateway -g vps-gateway " + directory));
        }
        int length = directory.resolve(ControlServer.FILE_NAME).toString().getBytes(StandardCharsets.UTF_8).length;
        if (length > MAX_SOCKET_PATH) {
            findings.add(Finding.warning(
                    subject,
                    "the path of " + ControlServer.FILE_NAME + " in it has " + length + " bytes; the kernel takes "
                            + MAX_SOCKET_PATH,
                    "commands cannot ask the running gateway",
                    "choose a shorter GATEWAY_DHCP_LEASES_DIR"));
        }
        findings.add(time(directory));
        return findings;
    }

    private static Path existing(Path directory) {
        Path candidate = directory;
        while (!Files.isDirectory(candidate) && candidate.getParent() != null) {
            candidate = candidate.getParent();
        }
        return candidate;
    }

    /** Each change of an allocation waits for the disk once (SQLite, synchronous=FULL). */
    private static Finding disk(Path directory) {
        try {
            Path file = Files.createTempFile(directory, ".check", "");
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                long[] nanos = new long[TRIES];
                for (int i = 0; i < TRIES; i++) {
                    long begun = System.nanoTime();
                    channel.write(ByteBuffer.allocate(4096));
                    channel.force(true);
                    nanos[i] = System.nanoTime() - begun;
                }
                Arrays.sort(nanos);
                Duration usual = Duration.ofNanos(nanos[TRIES / 2]);
                return usual.compareTo(SLOW) > 0
                        ? Finding.warning(
                                "disk",
                                "that of " + directory + " takes " + usual.toMillis() + " ms to make 4 KiB durable",
                                "every change of an address waits for that",
                                "put the directory on a faster disk (GATEWAY_DHCP_LEASES_DIR)")
                        : Finding.ok("disk", directory + ", durable within " + usual.toMillis() + " ms");
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException fault) {
            return Finding.noStart(
                    "state directory",
                    directory + " cannot be written: " + fault,
                    "no change of an address could be kept",
                    "make it writable for the gateway's user (chown vps-gateway: " + directory
                            + "), and free some space");
        }
    }

    private static Finding room(Path directory) {
        try {
            long free = Files.getFileStore(directory).getUsableSpace();
            return free < LITTLE_ROOM
                    ? Finding.warning(
                            "room on the disk",
                            (free >> 20) + " MiB are free",
                            "once it is full, changes are refused",
                            "free some space on the disk of " + directory)
                    : Finding.ok("room on the disk", (free >> 20) + " MiB are free");
        } catch (IOException unknown) {
            return Finding.warning("room on the disk", "it cannot be told: " + unknown, "", "df " + directory);
        }
    }

    private boolean isNoexec(Path directory) {
        return mount(directory)
                .filter(fields -> List.of(fields[3].split(",", -1)).contains("noexec"))
                .isPresent();
    }

    private String mountPoint(Path directory) {
        return mount(directory).map(fields -> fields[1]).orElse("/");
    }

    /** The line of the mount that the directory is on; the last one wins, as in the kernel. */
    private Optional<String[]> mount(Path directory) {
        try {
            return Files.readString(host.proc().resolve("self/mounts"), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split(" "))
                    .filter(fields -> fields.length > 3 && directory.startsWith(fields[1]))
                    .reduce((first, second) -> second[1].length() >= first[1].length() ? second : first);
        } catch (IOException unknown) {
            return Optional.empty();
        }
    }

    /** A host without a clock of its own starts in the past, and what was written before is then of the future. */
    private Finding time(Path directory) {
        Instant now = clock.instant();
        Optional<Instant> written = lastWritten(directory.resolve("ipam.sqlite"));
        if (now.isBefore(NO_EARLIER)
                || written.filter(last -> last.isAfter(now.plusSeconds(60))).isPresent()) {
            return Finding.warning(
                    "clock",
                    "it says " + now
                            + written.map(last -> ", and the allocations were last written at " + last)
                                    .orElse(""),
                    "leases and the history get wrong times, and lists of the API are judged by them",
                    "timedatectl set-ntp true");
        }
        return Finding.ok(
                "clock", now.truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    }

    private static Optional<Instant> lastWritten(Path file) {
        try {
            return Optional.of(Files.getLastModifiedTime(file).toInstant());
        } catch (IOException none) {
            return Optional.empty();
        }
    }
}
