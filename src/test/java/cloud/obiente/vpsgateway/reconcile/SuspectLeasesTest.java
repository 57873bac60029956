package cloud.obiente.vpsgateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.dnsmasq.lease.Lease;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SuspectLeasesTest {
    private final SuspectLeases suspects = new SuspectLeases();

    @Test
    void aLeaseThatARunningChangeEndsIsNeverActedOn() {
        assertThat(suspects.confirmedTwice(List.of(lease(1, 20, 100)))).isEmpty();
        assertThat(suspects.confirmedTwice(List.of())).isEmpty();
        assertThat(suspects.confirmedTwice(List.of(lease(1, 20, 100)))).isEmpty();
    }

    @Test
    void aLeaseThatIsStillThereAtTheNextCheckIsWrong() {
        suspects.confirmedTwice(List.of(lease(1, 20, 100)));
        assertThat(suspects.confirmedTwice(List.of(lease(1, 20, 100), lease(2, 21, 100))))
                .containsExactly(lease(1, 20, 100));
    }

    @Test
    void renewingDoesNotClearASuspect() {
        suspects.confirmedTwice(List.of(lease(1, 20, 100)));
        assertThat(suspects.confirmedTwice(List.of(lease(1, 20, 200)))).containsExactly(lease(1, 20, 200));
    }

    @Test
    void anotherNicOnTheAddressIsAnotherSuspect() {
        suspects.confirmedTwice(List.of(lease(1, 20, 100)));
        assertThat(suspects.confirmedTwice(List.of(lease(2, 20, 100)))).isEmpty();
    }

    private static Lease lease(int mac, int host, long expires) {
        return new Lease(
                new MacAddress(0x020000000000L + mac),
                Ipv4Address.parse("10.15.3." + host),
                Optional.empty(),
                Optional.of(Instant.ofEpochSecond(expires)));
    }
}
