package cloud.obiente.vpsgateway.app.cli;

import cloud.obiente.vpsgateway.control.AddressListing;
import cloud.obiente.vpsgateway.control.ControlRequest;
import cloud.obiente.vpsgateway.control.EventListing;
import cloud.obiente.vpsgateway.control.RefusedException;
import cloud.obiente.vpsgateway.control.SessionListing;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFile;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseSnapshot;
import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck;
import cloud.obiente.vpsgateway.ipam.Allocation;
import cloud.obiente.vpsgateway.ipam.StoreException;
import cloud.obiente.vpsgateway.ipam.StoredState;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteAllocationStore;
import cloud.obiente.vpsgateway.ipam.sqlite.SqliteHistory;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.ssh.sqlite.SessionHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the state directory says while no gateway runs on it. Nothing in it is touched: databases are read from copies, because
 * whoever opens one in place replays its log and leaves files of his own behind.
 *
 * @param directory the state directory
 */
record OfflineState(Path directory) {
    private static final String ALLOCATIONS = "ipam.sqlite";
    private static final String SESSIONS = "ssh.sqlite";
    private static final String LEASES = "dnsmasq.leases";
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    Object ips() {
        StoredState stored = stored();
        List<Allocation> held = stored.allocations().stream()
                .sorted(Comparator.comparing(Allocation::address))
                .toList();
        return AddressListing.ofAllocations(
                held,
                one -> Optional.ofNullable(stored.facts().get(one.address())),
                leaseSnapshot(),
                Clock.systemUTC().instant());
    }

    Object leases() {
        Map<Ipv4Address, Allocation> held =
                stored().allocations().stream().collect(Collectors.toMap(Allocation::address, Function.identity()));
        return AddressListing.ofLeases(
                leaseSnapshot(),
                lease -> Optional.ofNullable(held.get(lease.address())),
                Clock.systemUTC().instant());
    }

    Object events(ControlRequest request) {
        return fromCopy(
                ALLOCATIONS, copy -> answered(() -> new EventListing(new SqliteHistory(copy)).answer(request, "")));
    }

    Object sessions(ControlRequest request) {
        if (Files.notExists(directory.resolve(SESSIONS))) {
            return SessionListing.of(List.of(), List.of());
        }
        return fromCopy(SESSIONS, copy -> answered(() -> SessionListing.ofEnded(new SessionHistory(copy), request)));
    }

    private StoredState stored() {
        if (Files.notExists(directory.resolve(ALLOCATIONS))) {
            throw new CommandFailedException(directory + " has no " + ALLOCATIONS + ": no gateway has run with it");
        }
        return fromCopy(ALLOCATIONS, copy -> {
            SqliteAllocationStore store = SqliteAllocationStore.open(copy);
            try {
                return store.load();
            } finally {
                store.close();
            }
        });
    }

    private <T> T fromCopy(String name, Function<Path, T> question) {
        try (DatabaseCopy copy = DatabaseCopy.of(directory.resolve(name))) {
            return question.apply(copy.file());
        } catch (IOException | StoreException unreadable) {
            throw new CommandFailedException(directory.resolve(name) + " cannot be read: " + unreadable.getMessage());
        }
    }

    private LeaseSnapshot leaseSnapshot() {
        Path file = directory.resolve(LEASES);
        try {
            return new LeaseFile(file, Clock.systemUTC(), () -> WriterIdleCheck.Verdict.NOT_RUNNING)
                    .readStable(TIMEOUT);
        } catch (IOException unreadable) {
            throw new CommandFailedException(file + " cannot be read: " + unreadable.getMessage());
        }
    }

    private static Object answered(Answer answer) {
        try {
            return answer.get();
        } catch (RefusedException refused) {
            throw new CommandFailedException(
                    refused.getMessage(),
                    refused.kind() == RefusedException.Kind.INVALID ? ExitCodes.WRONG_ARGUMENTS : ExitCodes.BAD_NEWS);
        }
    }

    @FunctionalInterface
    private interface Answer {
        Object get() throws RefusedException;
    }
}
