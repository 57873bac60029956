package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LogParserTest {
    private final LogParser parser =
            new LogParser(Path.of("/state/dnsmasq.hosts"), Path.of("/state/dnsmasq.dhcp-hosts"));

    @Test
    void readingOfEachFileIsRecognised() {
        assertThat(parser.parse("dnsmasq[8143]: read /state/dnsmasq.hosts - 2 names"))
                .contains(new LogEvent.HostsRead());
        assertThat(parser.parse("dnsmasq-dhcp[8143]: read /state/dnsmasq.dhcp-hosts"))
                .contains(new LogEvent.DhcpHostsRead());
        assertThat(parser.parse("dnsmasq[8143]: read /other/dnsmasq.hosts - 2 names"))
                .isEmpty();
    }

    @Test
    void onlyAnIgnoredRequestMeansAnUnknownClient() {
        assertThat(parser.parse("dnsmasq-dhcp[8143]: DHCPDISCOVER(eth0) 02:00:00:00:00:09 ignored"))
                .contains(new LogEvent.UnknownClient(MacAddress.parse("02:00:00:00:00:09")));
        assertThat(parser.parse("dnsmasq-dhcp[8143]: DHCPDISCOVER(eth0) 10.15.3.20 02:00:00:00:00:09 ignored"))
                .contains(new LogEvent.UnknownClient(MacAddress.parse("02:00:00:00:00:09")));
        assertThat(parser.parse("dnsmasq-dhcp[8143]: DHCPDISCOVER(eth0) 02:00:00:00:00:01 "))
                .isEmpty();
        assertThat(parser.parse("dnsmasq-dhcp[8143]: DHCPREQUEST(eth0) 10.15.3.20 02:00:00:00:00:01 "))
                .isEmpty();
    }

    @Test
    void aRequestThatNothingIsLeftForIsTold() {
        assertThat(parser.parse("dnsmasq-dhcp[1]: DHCPDISCOVER(eth0) 02:00:00:00:00:09 no address available"))
                .contains(new LogEvent.NoAddress(MacAddress.parse("02:00:00:00:00:09")));
    }

    @Test
    void aDeclineNamesAddressAndMac() {
        assertThat(parser.parse("dnsmasq-dhcp[1]: DHCPDECLINE(eth0) 10.15.3.20 02:00:00:00:00:01 vps-1"))
                .contains(
                        new LogEvent.Declined(Ipv4Address.parse("10.15.3.20"), MacAddress.parse("02:00:00:00:00:01")));
    }

    @Test
    void aSocketThatCannotBeMadeIsTrouble() {
        assertThat(parser.parse("dnsmasq[1]: failed to create listening socket for 10.15.3.1: Address already in use"))
                .hasValueSatisfying(event ->
                        assertThat(((LogEvent.Trouble) event).fault().kind()).isEqualTo(DnsmasqFault.Kind.PORT_IN_USE));
        assertThat(parser.parse("dnsmasq[1]: failed to send packet: Network is unreachable"))
                .contains(new LogEvent.Complaint("failed to send packet: Network is unreachable"));
    }

    @Test
    void multicastMacIsNobody() {
        assertThat(parser.parse("dnsmasq-dhcp[1]: DHCPDISCOVER(eth0) ff:ff:ff:ff:ff:ff ignored"))
                .isEmpty();
    }

    @Property
    void noLineThrows(@ForAll String rest) {
        assertThat(parser.parse(rest)).isNotNull();
        assertThat(parser.parse("dnsmasq-dhcp[1]: DHCPDECLINE(eth0) " + rest)).isNotNull();
        assertThat(parser.parse("dnsmasq-dhcp[1]: DHCPDISCOVER(" + rest)).isNotNull();
    }
}
