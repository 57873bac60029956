package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.DnsLabel;
import cloud.obiente.vpsgateway.net.InvalidValueException;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class HostFilesTest {
    private static HostEntry entry(String name, String address, String mac) {
        return new HostEntry(
                Optional.ofNullable(name).map(DnsLabel::parse),
                Ipv4Address.parse(address),
                Optional.ofNullable(mac).map(MacAddress::parse));
    }

    @Test
    void anAddressWithoutANameIsReservedAllTheSame() {
        HostFiles files = HostFiles.of(List.of(entry(null, "10.15.3.20", "02:00:00:00:00:01")));
        assertThat(files.hosts()).isEmpty();
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:01,id:*,10.15.3.20\n");
    }

    @Test
    void reservationNeedsAMacAndNameDoesNot() {
        HostFiles files = HostFiles.of(
                List.of(entry("vps-2", "10.15.3.21", null), entry("vps-1", "10.15.3.20", "02-00-00-00-00-0A")));

        assertThat(files.hosts()).isEqualTo("10.15.3.20 vps-1\n10.15.3.21 vps-2\n");
        assertThat(files.dhcpHosts()).isEqualTo("02:00:00:00:00:0a,id:*,10.15.3.20,vps-1\n");
    }

    @Test
    void orderOfEntriesDoesNotMatter() {
        HostEntry one = entry("vps-1", "10.15.3.20", null);
        HostEntry two = entry("vps-2", "10.15.3.100", null);

        assertThat(HostFiles.of(List.of(one, two))).isEqualTo(HostFiles.of(List.of(two, one)));
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
        HostFiles files = HostFiles.of(List.of(entry));
        assertThat(files.hosts().lines()).hasSize(1);
        assertThat(files.hosts().split(" ")).hasSize(2);
        assertThat(files.dhcpHosts().lines()).hasSize(1);
        assertThat(files.dhcpHosts().split(",")).hasSize(4);
    }
}
