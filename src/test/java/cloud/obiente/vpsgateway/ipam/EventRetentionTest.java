package cloud.obiente.vpsgateway.ipam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventRetentionTest {
    @TempDir
    Path directory;

    @Test
    void anIdleWriterForgetsWhatIsOlderThanWanted() throws SQLException {
        try (IpamFixture ipam = new IpamFixture(directory, IpamFixture.pool("10.0.0.10", "10.0.0.13"))) {
            ipam.allocate("vps-old");
            ipam.clock.advance(IpamFixture.HISTORY_KEPT);
            ipam.allocate("vps-young");
            ipam.clock.advance(Duration.ofMinutes(1));

            ipam.reopened();

            await().until(() -> eventsOf(ipam), List.of("vps-young")::equals);
            assertThat(ipam.snapshot().all()).hasSize(2);
        }
    }

    /** As with an API that sends its list every minute, between looks that are an hour apart. */
    @Test
    void aWriterThatIsNeverIdleForLongForgetsToo() throws SQLException {
        try (IpamFixture ipam = new IpamFixture(directory, IpamFixture.pool("10.0.0.10", "10.0.0.13"))) {
            ipam.allocate("vps-old");
            ipam.clock.advance(IpamFixture.HISTORY_KEPT.plusMinutes(1));
            ipam.reopened();

            await().pollInterval(EventRetention.BETWEEN_BATCHES.dividedBy(10))
                    .until(
                            () -> {
                                ipam.allocate("vps-young");
                                return eventsOf(ipam);
                            },
                            List.of("vps-young")::equals);
        }
    }

    private static List<String> eventsOf(IpamFixture ipam) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + ipam.file());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT vps FROM events")) {
            List<String> vpss = new ArrayList<>();
            while (rows.next()) {
                vpss.add(rows.getString(1));
            }
            return vpss;
        }
    }
}
