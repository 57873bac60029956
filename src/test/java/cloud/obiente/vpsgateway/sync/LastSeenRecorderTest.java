package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.mac;
import static cloud.obiente.vpsgateway.sync.SyncFixture.vps;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.hostnet.segment.AddressUse.Fact;
import cloud.obiente.vpsgateway.hostnet.segment.ArpAnswer;
import cloud.obiente.vpsgateway.ipam.Allocation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LastSeenRecorderTest {
    @TempDir
    Path directory;

    private SyncFixture gateway;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
        gateway.allocate("a", 1);
        gateway.allocate("b", 2);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void whatIsInUseIsSeenAndTheRestGrowsOld() {
        gateway.clock.advance(Duration.ofDays(7));
        gateway.inUse.add(vps("a"));
        see();
        assertThat(gateway.state().unseenFor(Duration.ofDays(7), gateway.clock.instant()))
                .isEqualTo(1);
        gateway.restart();
        assertThat(gateway.state().lastSignOf(gateway.held("a"))).isEqualTo(gateway.clock.instant());
    }

    @Test
    void aSightingIsNotWrittenMoreThanOnceAnHour() {
        gateway.inUse.add(vps("a"));
        see();
        Instant first = gateway.state().lastSignOf(gateway.held("a"));
        gateway.clock.advance(LastSeenRecorder.RESOLUTION.minusMinutes(1));
        gateway.sightings().run();
        gateway.allocate("c", 3);
        assertThat(gateway.state().lastSignOf(gateway.held("a"))).isEqualTo(first);
        gateway.clock.advance(Duration.ofMinutes(1));
        see();
    }

    @Test
    void aPoolIsDryFromFourFifthsOn() {
        int most = gateway.state().poolSize() * 4 / 5;
        for (int i = 2; i < most - 1; i++) {
            gateway.allocate("vps-" + i, 100 + i);
        }
        assertThat(LastSeenRecorder.isDry(gateway.state())).isFalse();
        gateway.allocate("last", 99);
        assertThat(LastSeenRecorder.isDry(gateway.state())).isTrue();
    }

    /** It has no lease: its address is set in it. */
    @Test
    void aVpsThatAnswersArpIsSeen() {
        gateway.clock.advance(Duration.ofDays(7));
        Allocation fixed = gateway.held("a");
        Fact answer = new Fact(new ArpAnswer.Answered(mac(1)), gateway.clock.instant());
        gateway.sightings(new ArpEvidence(
                        gateway::state, address -> Optional.of(answer).filter(any -> address.equals(fixed.address()))))
                .run();
        await().until(() -> gateway.state().facts(fixed).seenAt().equals(Optional.of(gateway.clock.instant())));
        assertThat(gateway.state().unseenFor(Duration.ofDays(7), gateway.clock.instant()))
                .isEqualTo(1);
    }

    @Test
    void ofWhomNothingIsKnownIsNotSeen() {
        gateway.inUse.add(vps("a"));
        gateway.unknown.add(vps("b"));
        see();
        assertThat(gateway.state().facts(gateway.held("b")).seenAt()).isEmpty();
    }

    private void see() {
        gateway.see(gateway.held("a"));
    }
}
