package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DnsmasqFaultTest {

    @ParameterizedTest
    @CsvSource({
        "1, dnsmasq: bad option at line 11 of dnsmasq.conf, BAD_CONFIG",
        "2, dnsmasq: failed to create listening socket for 10.15.3.1: Address already in use, PORT_IN_USE",
        "2, dnsmasq: unknown interface nope0, NO_INTERFACE",
        "2, dnsmasq: failed to create listening socket for port 53: Permission denied, NO_CAPABILITY",
        "2, dnsmasq: failed to create listening socket for 10.0.0.1: Cannot assign requested address, NO_ADDRESS",
        "3, dnsmasq: cannot open or create lease file /x: Permission denied, LEASE_FILE",
        "5, dnsmasq: process is missing required capability NET_ADMIN, NO_CAPABILITY",
        "5, dnsmasq: failed to change group-id to root: Operation not permitted, DIED",
        "127, setpriv: failed to execute dnsmasq: No such file or directory, NOT_INSTALLED",
        "137, '', DIED",
    })
    void eachWayToEndHasItsOwnKind(int code, String said, DnsmasqFault.Kind kind) {
        DnsmasqFault fault = DnsmasqFault.ofExit(code, List.of("dnsmasq[1]: started, version 2.90", said));

        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault.describe())
                .contains(String.valueOf(code))
                .contains(said)
                .contains(kind.remedy());
    }

    @Test
    void itsLastWordsAreShownAlsoOnceItsLogIsOpen() {
        DnsmasqFault fault = DnsmasqFault.ofExit(
                2,
                List.of(
                        "dnsmasq[17]: started, version 2.90",
                        "dnsmasq[17]: failed to create listening socket for 10.15.3.1: Address already in use",
                        "dnsmasq-dhcp[17]: DHCPDISCOVER(eth0) 02:00:00:00:00:01",
                        "dnsmasq[17]: FAILED to start up"));

        assertThat(fault.kind()).isEqualTo(DnsmasqFault.Kind.PORT_IN_USE);
        assertThat(fault.message()).endsWith("10.15.3.1: Address already in use");
    }

    @Test
    void ofOneThatASignalHasEndedNothingIsMadeUp() {
        assertThat(DnsmasqFault.ofExit(137, List.of("dnsmasq[17]: read /state/dnsmasq.hosts - 3 names"))
                        .message())
                .isEqualTo("dnsmasq ended with code 137");
    }
}
