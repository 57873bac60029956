package cloud.obiente.vpsgateway.sync;

import static cloud.obiente.vpsgateway.sync.SyncFixture.GRACE;
import static cloud.obiente.vpsgateway.sync.SyncFixture.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListAcceptanceTest {
    @TempDir
    Path directory;

    private SyncFixture gateway;
    private ListAcceptance acceptance;

    @BeforeEach
    void open() {
        gateway = new SyncFixture(directory);
        acceptance = gateway.acceptance(directory);
        gateway.list(vpses(20));
        gateway.clock.advance(GRACE);
        gateway.list(vpses(5));
        gateway.clock.advance(GRACE);
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    @Test
    void whatWasLeftOutIsReleasedOnceAnOperatorHasSaidSo() throws IOException {
        assertThat(gateway.list(vpses(5)).removed()).isZero();
        say("api-1 (node-1)\n");
        acceptance.check();
        assertThat(Files.exists(directory.resolve(ListAcceptance.FILE_NAME))).isFalse();
        assertThat(gateway.list(vpses(5)).removed()).isEqualTo(15);
    }

    @Test
    void whatIsLeftOutLaterIsNotAccepted() throws IOException {
        gateway.list(vpses(5));
        say("api-1 (node-1)");
        acceptance.check();
        await().until(() ->
                gateway.state().sources().get(SyncFixture.API).acceptedAt().isPresent());
        gateway.clock.advance(Duration.ofMinutes(1));
        gateway.list(vpses(1));
        gateway.clock.advance(GRACE);
        gateway.list(vpses(1));
        assertThat(gateway.state().all()).hasSize(5);
    }

    @Test
    void anotherNameChangesNothing() throws IOException {
        gateway.list(vpses(5));
        say("api-2 (node-1)");
        acceptance.check();
        assertThat(Files.exists(directory.resolve(ListAcceptance.FILE_NAME))).isFalse();
        assertThat(gateway.list(vpses(5)).removed()).isZero();
    }

    private void say(String text) throws IOException {
        Files.writeString(directory.resolve(ListAcceptance.FILE_NAME), text);
    }

    private static DesiredAllocation[] vpses(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> entry("vps-" + i, "10.0.0." + (30 + i), i))
                .toArray(DesiredAllocation[]::new);
    }
}
