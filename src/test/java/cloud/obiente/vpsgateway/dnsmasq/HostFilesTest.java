package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostFilesTest {
    private static HostEntry entry(String name, String address, String mac) {
        return new HostEntry(
                Optional.ofNullable(name).map(DnsLabel::parse),
                Ipv4Address.parse(address),
                Optional.ofNullable(mac).map(MacAddress::parse));
    }

    private static HostFiles files(List<HostEntry> entries) {
        return HostFiles.of(new DnsmasqHosts(entries, Set.of()));
    }

    @Test
    void aWithheldAddressIsNobodys() {
        HostFiles files =
                HostFiles.of(new DnsmasqHosts(List.of(), Set.of(address("10.15.3.31"), address("10.15.3.30"))));

        assertThat(files.hosts()).isEmpty();
        assertThat(files.dhcpHosts())
                .isEqualTo("id:withheld-10-15-3-30,10.15.3.30,ignore\nid:withheld-10-15-3-31,10.15.3.31,ignore\n");
    }

    private static Ipv4Address address(String text) {
        return Ipv4Address.parse(text);
    }

    @Test
    void anAddressWithoutANameIsReservedAllTheSame() {
        HostFiles files = files(List.of(entry(null, "10.15.3.20", "02:00:00:00:00:01")));
        assertThat(files.hosts()).isEmpty();
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:01,id:*,10.15.3.20\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignore", "Infinite", "1234", "0", "12h", "1w", "7d", "30m", "5s"})
    void aNameThatDnsmasqWouldTakeForSomethingElseIsNoneOfTheReservation(String name) {
        HostFiles files = files(List.of(entry(name, "10.15.3.20", "02:00:00:00:00:01")));
        assertThat(files.hosts()).isEqualTo("10.15.3.20 " + name.toLowerCase(Locale.ROOT) + "\n");
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:01,id:*,10.15.3.20\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ignore-me", "infinite1", "12x", "h", "1-2", "h12", "12hh"})
    void aNameThatMerelyLooksLikeItIs(String name) {
        HostFiles files = files(List.of(entry(name, "10.15.3.20", "02:00:00:00:00:01")));
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:01,id:*,10.15.3.20," + name + "\n");
    }

    @Test
    void reservationNeedsAMacAndNameDoesNot() {
        HostFiles files =
                files(List.of(entry("vps-2", "10.15.3.21", null), entry("vps-1", "10.15.3.20", "02-00-00-00-00-0A")));

        assertThat(files.hosts()).isEqualTo("10.15.3.20 vps-1\n10.15.3.21 vps-2\n");
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:0a,id:*,10.15.3.20,vps-1\n");
    }

    @Test
    void orderOfEntriesDoesNotMatter() {
        HostEntry one = entry("vps-1", "10.15.3.20", null);
        HostEntry two = entry("vps-2", "10.15.3.100", null);

        assertThat(files(List.of(one, two))).isEqualTo(files(List.of(two, one)));
    }

    /** Whatever a caller sends as a name: it is refused, or it stays one line of each file. */
    @Property
    void noNameMakesASecondLine(@ForAll String name, @ForAll int address, @ForAll @IntRange(min = 1) int mac) {
        HostEntry entry;
        try {
            entry = new HostEntry(
                    Optional.of(DnsLabel.parse(name)),
                    new Ipv4Address(address),
                    Optional.of(new MacAddress(mac & 0xffffffffL)));
        } catch (InvalidValueException refused) {
            return;
        }
        HostFiles files = files(List.of(entry));
        assertThat(files.hosts().lines()).hasSize(1);
        assertThat(files.hosts().split(" ")).hasSize(2);
        assertThat(files.dhcpHosts().lines()).hasSize(1);
        assertThat(files.dhcpHosts().split(",")).hasSize(4);
    }

    @Test
    void whatIsThereAlreadyNeedsNoSpaceOnTheDisk(@TempDir Path directory) throws IOException {
        Path file = directory.resolve("dnsmasq.hosts");
        HostFiles.replace(file, "10.15.3.20 vps-1\n", unchanged -> {});
        // In the place of the temporary file, so that nothing can be written.
        Files.createDirectory(directory.resolve(".dnsmasq.hosts.tmp"));

        HostFiles.replace(file, "10.15.3.20 vps-1\n", unchanged -> {});
        assertThatThrownBy(() -> HostFiles.replace(file, "10.15.3.20 vps-2\n", unchanged -> {}))
                .isInstanceOf(IOException.class);
        assertThat(file).hasContent("10.15.3.20 vps-1");
    }
}
