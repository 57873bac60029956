package cloud.obiente.vpsgateway.dnsmasq.lease;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Holds leases in a file, and gives them up when it is told to: as much of dnsmasq as the ending of leases sees. */
final class SpareDnsmasq implements ReleaseSender, WriterIdleCheck {
    private final Path file;
    private final List<Lease> leases = new ArrayList<>();
    private final List<Lease> heard = new ArrayList<>();
    private int deafFor;

    SpareDnsmasq(Path file) {
        this.file = file;
    }

    synchronized void hold(Lease... held) {
        leases.addAll(0, List.of(held));
        write();
    }

    /** Loses that many of the next releases, as UDP may. */
    synchronized void loseReleases(int count) {
        deafFor = count;
    }

    @Override
    public synchronized void release(Lease lease) {
        heard.add(lease);
        if (deafFor > 0) {
            deafFor--;
        } else if (leases.removeIf(
                held -> held.mac().equals(lease.mac()) && held.address().equals(lease.address()))) {
            write();
        }
    }

    /** Waits for its turn, so whoever gets the answer knows that nothing is being written. */
    @Override
    public synchronized Verdict check() {
        return Verdict.IDLE;
    }

    synchronized List<Lease> heard() {
        return List.copyOf(heard);
    }

    synchronized List<Lease> leases() {
        return List.copyOf(leases);
    }

    private void write() {
        try {
            Files.writeString(file, LeaseLines.of(leases));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
