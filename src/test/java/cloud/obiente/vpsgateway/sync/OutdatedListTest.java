package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A list that waited for its turn does not undo what callers were told meanwhile. */
class OutdatedListTest {
    @TempDir
    Path directory;

    private SyncFixture gateway;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void aReleaseMadeWhileTheListWaitedIsNotUndone() {
        gateway.allocate("released", 1);
        long arrival = gateway.revision();
        gateway.release("released");
        SyncReport report = list(arrival, entry("released", "10.0.0.10", 1));
        assertThat(report.rejected()).singleElement().satisfies(left -> assertThat(left.why())
                .contains("newer call"));
        assertThat(gateway.addressOf("released")).isEqualTo("none");
    }

    @Test
    void aReleaseMadeWhileTheListWaitedIsNotUndoneAfterARestart() {
        gateway.allocate("released", 1);
        long arrival = gateway.revision();
        gateway.release("released");
        gateway.restart();
        assertThat(gateway.revision()).isGreaterThan(arrival);
        list(arrival, entry("released", "10.0.0.10", 1));
        assertThat(gateway.addressOf("released")).isEqualTo("none");
    }

    @Test
    void aNewBindingKeepsOthersFromItsAddress() {
        long arrival = gateway.revision();
        gateway.bind("newer", 1, "10.0.0.12");
        gateway.clock.advance(GRACE);
        SyncReport report = list(arrival, entry("older", "10.0.0.12"), entry("newer", "10.0.0.13", 1));
        assertThat(report.rejected()).hasSize(2);
        assertThat(gateway.addressOf("newer")).isEqualTo("10.0.0.12");
        assertThat(gateway.addressOf("older")).isEqualTo("none");
    }

    @Test
    void anEntryThatAgreesWithTheNewerCallIsUnchanged() {
        long arrival = gateway.revision();
        gateway.bind("a", 1, "10.0.0.12");
        assertThat(list(arrival, entry("a", "10.0.0.12", 1))).isEqualTo(new SyncReport(0, 0, 0, 1, List.of()));
    }

    @Test
    void aCallThatConfirmsWhatIsAlreadySoIsNewerToo() {
        gateway.list(entry("a", "10.0.0.11", 1));
        gateway.clock.advance(GRACE);
        long arrival = gateway.revision();
        gateway.allocate("a", 1);
        gateway.clock.advance(GRACE);
        assertThat(list(arrival, entry("a", "10.0.0.12", 1)).rejected()).hasSize(1);
        assertThat(gateway.addressOf("a")).isEqualTo("10.0.0.11");
    }

    @Test
    void aFormerListIsNoNewerCall() {
        long arrival = gateway.revision();
        gateway.list(entry("a", "10.0.0.12", 1));
        gateway.clock.advance(GRACE);
        assertThat(list(arrival, entry("a", "10.0.0.13", 1)).changed()).isEqualTo(1);
    }

    private SyncReport list(long arrival, DesiredAllocation... entries) {
        return gateway.list(SyncFixture.API, arrival, new AllocationList(List.of(entries), Set.of()));
    }
}
