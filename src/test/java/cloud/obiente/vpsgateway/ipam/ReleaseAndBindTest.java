package cloud.obiente.vpsgateway.ipam;

import static cloud.obiente.vpsgateway.ipam.IpamFixture.address;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.done;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.ip;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.mac;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.pool;
import static cloud.obiente.vpsgateway.ipam.IpamFixture.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.obiente.vpsgateway.net.MacAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReleaseAndBindTest {
    @TempDir
    Path directory;

    private IpamFixture ipam;

    @BeforeEach
    void open() {
        ipam = new IpamFixture(directory, pool("10.0.0.10", "10.0.0.20", "10.0.0.20"));
    }

    @AfterEach
    void close() {
        ipam.close();
    }

    @Test
    void releaseEndsThePrivateAllocation() {
        Allocation allocation = done(ipam.allocate("vps-1", "", mac(1), ""));
        assertThat(done(ipam.release("vps-1", ""))).containsExactly(allocation);
        assertThat(ipam.snapshot().all()).isEmpty();
        assertThat(ipam.snapshot().ofMac(allocation.mac().orElseThrow())).isEmpty();
        assertThat(address(ipam.allocate("vps-2", "", mac(2), ""))).isEqualTo("10.0.0.11");
    }

    @Test
    void releaseOfTheNamedAddressIsTheSame() {
        ipam.allocate("vps-1");
        assertThat(done(ipam.release("vps-1", "10.0.0.10"))).hasSize(1);
    }

    @Test
    void releaseOfNothingIsNotFound() {
        Refusal refusal = refusal(ipam.release("vps-1", ""));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.NOT_FOUND);
        assertThat(refusal.message()).contains("vps-1");
    }

    @Test
    void releaseOfSomebodyElsesAddressNamesTheHolder() {
        ipam.allocate("vps-1");
        ipam.allocate("vps-2");
        Refusal refusal = refusal(ipam.release("vps-2", "10.0.0.10"));
        assertThat(refusal.reason()).isEqualTo(RefusalReason.NOT_FOUND);
        assertThat(refusal.message()).contains("held by vps-1");
        assertThat(refusal(ipam.release("vps-2", "10.0.0.19")).message()).contains("not allocated");
        assertThat(ipam.snapshot().all()).hasSize(2);
    }

    @Test
    void bindGivesExactlyThatAddress() {
        Allocation bound = done(ipam.bind("vps-1", mac(1), "10.0.0.15"));
        assertThat(bound.address()).isEqualTo(ip("10.0.0.15"));
        assertThat(ipam.macOf("vps-1")).isEqualTo(mac(1));
    }

    @Test
    void bindOfTheSameChangesNothing() {
        Allocation bound = done(ipam.bind("vps-1", mac(1), "10.0.0.15"));
        ipam.clock.advance(Duration.ofHours(1));
        assertThat(done(ipam.bind("vps-1", mac(1), "10.0.0.15"))).isEqualTo(bound);
        assertThat(ipam.store().commits().stream().flatMap(batch -> batch.events().stream()))
                .hasSize(1);
    }

    @Test
    void bindMovesAVpsAndItsOldAddressRests() {
        Allocation old = done(ipam.allocate("vps-1", "org-1", mac(1), ""));
        ipam.clock.advance(Duration.ofHours(1));
        Allocation moved = done(ipam.bind("vps-1", mac(2), "10.0.0.15"));
        assertThat(ipam.snapshot().all()).containsExactly(moved);
        assertThat(moved.organization()).isEqualTo(old.organization());
        assertThat(moved.allocatedAt()).isEqualTo(ipam.clock.instant());
        assertThat(ipam.snapshot().released())
                .extracting(ReleasedAddress::address)
                .containsExactly(old.address());
    }

    @Test
    void bindWithAnotherMacKeepsTheTimeOfAllocation() {
        Allocation old = done(ipam.bind("vps-1", mac(1), "10.0.0.15"));
        ipam.clock.advance(Duration.ofHours(1));
        assertThat(done(ipam.bind("vps-1", mac(2), "10.0.0.15")).allocatedAt()).isEqualTo(old.allocatedAt());
    }

    @Test
    void bindRefusesWhatIsNotThereToGive() {
        ipam.bind("vps-1", mac(1), "10.0.0.15");
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.0.15")))
                .extracting(Refusal::reason)
                .isEqualTo(RefusalReason.ADDRESS_TAKEN);
        assertThat(refusal(ipam.bind("vps-2", mac(1), "10.0.0.16")))
                .extracting(Refusal::reason)
                .isEqualTo(RefusalReason.MAC_TAKEN);
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.0.20")))
                .extracting(Refusal::reason)
                .isEqualTo(RefusalReason.ADDRESS_RESERVED);
        assertThat(refusal(ipam.bind("vps-2", mac(2), "10.0.1.1")))
                .extracting(Refusal::reason)
                .isEqualTo(RefusalReason.OUTSIDE_POOL);
    }

    @Test
    void unbindFindsByEachFeature() {
        for (String[] given : new String[][] {
            {"vps-1", "", ""}, {"", mac(1), ""}, {"", "", "10.0.0.15"}, {"vps-1", mac(1), "10.0.0.15"}
        }) {
            Allocation bound = done(ipam.bind("vps-1", mac(1), "10.0.0.15"));
            assertThat(done(ipam.unbind(given[0], given[1], given[2]))).containsExactly(bound);
            assertThat(ipam.snapshot().all()).isEmpty();
        }
    }

    @Test
    void unbindNeedsAllFeaturesToMatch() {
        ipam.bind("vps-1", mac(1), "10.0.0.15");
        ipam.allocate("vps-2");
        for (String[] given : new String[][] {
            {"vps-1", mac(2), ""}, {"vps-2", mac(1), ""}, {"vps-2", "", "10.0.0.15"}, {"vps-1", mac(1), "10.0.0.16"}
        }) {
            Refusal refusal = refusal(ipam.unbind(given[0], given[1], given[2]));
            assertThat(refusal.reason()).isEqualTo(RefusalReason.NOT_FOUND);
            assertThat(refusal.message()).contains("vps-1 has 10.0.0.15 with " + mac(1));
        }
        assertThat(refusal(ipam.unbind("", mac(9), "")).message()).isEqualTo("no private address matches " + mac(9));
    }

    @Test
    void unbindOfNothingInParticularIsAMistakeOfTheProgram() {
        assertThatThrownBy(() -> ipam.unbind("", "", "")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSupersededMacIsRememberedAsLongAsItsVpsIs() {
        ipam.allocate("vps-1", "", mac(1), "");
        ipam.bind("vps-1", mac(2), "10.0.0.10");
        ipam.release("vps-1", "");
        supersedeOneOf("vps-2", 20);
        assertThat(ipam.reopened().snapshot().superseded(MacAddress.parse(mac(1))))
                .isPresent();

        for (int other = 3; other <= 11; other++) {
            ipam.allocate("vps-" + other);
        }
        supersedeOneOf("vps-2", 30);
        assertThat(ipam.snapshot().superseded(MacAddress.parse(mac(1)))).isEmpty();
        IpamSnapshot reopened = ipam.reopened().snapshot();
        assertThat(reopened.superseded(MacAddress.parse(mac(1)))).isEmpty();
        assertThat(reopened.superseded(MacAddress.parse(mac(20)))).isPresent();
    }

    private void supersedeOneOf(String vps, int number) {
        Allocation held = done(ipam.allocate(vps, "", mac(number), ""));
        done(ipam.bind(vps, mac(number), held.address().toString()));
        done(ipam.bind(vps, mac(number + 1), held.address().toString()));
    }
}
