package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.dnsmasq.lease.LeaseFileParser;
import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an earlier gateway has left for dnsmasq, this one or another that keeps its files in the same way: which name each
 * address had, and the leases. To be read before the child is started, which is when its files are written anew.
 *
 * @param names one for each line {@code ADDRESS NAME} of the host file, without MACs
 * @param leases as in the lease file, expired ones included
 * @param namesWritten when the host file was last written; without a file the beginning of time
 */
public record PreviousRunFiles(List<HostEntry> names, List<Lease> leases, Instant namesWritten) {
    public PreviousRunFiles {
        names = List.copyOf(names);
        leases = List.copyOf(leases);
    }

    /**
     * Lines that make no sense are passed over, as dnsmasq would.
     *
     * @throws IOException when a file is there and cannot be read
     */
    public static PreviousRunFiles read(DnsmasqSettings settings) throws IOException {
        return new PreviousRunFiles(
                names(text(settings.hostsFile())),
                LeaseFileParser.parse(text(settings.leasesFile())).leases(),
                Files.exists(settings.hostsFile())
                        ? Files.getLastModifiedTime(settings.hostsFile()).toInstant()
                        : Instant.EPOCH);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException nobodyWasHere) {
            return "";
        }
    }

    private static List<HostEntry> names(String text) {
        List<HostEntry> names = new ArrayList<>();
        for (String line : text.split("\n", -1)) {
            String[] words = line.strip().split("[ \t]+", -1);
            if (words.length >= 2) {
                name(words[0], words[1]).ifPresent(names::add);
            }
        }
        return names;
    }

    private static Optional<HostEntry> name(String address, String name) {
        try {
            return Optional.of(
                    new HostEntry(Optional.of(DnsLabel.parse(name)), Ipv4Address.parse(address), Optional.empty()));
        } catch (InvalidValueException noHostOfOurs) {
            return Optional.empty();
        }
    }
}
