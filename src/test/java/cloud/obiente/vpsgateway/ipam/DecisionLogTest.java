package cloud.obiente.vpsgateway.ipam;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LogLines;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Ipv4Range;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log says of decisions to somebody who debugs, and does not say to anybody else. */
class DecisionLogTest {
    private static final String CATEGORY = Ipam.class.getName();

    @TempDir
    Path directory;

    @Test
    void debugSaysWhichAddressWasChosenAndWhy() throws Exception {
        try (IpamFixture ipam = fixture()) {
            List<String> lines = LogLines.atDebug(CATEGORY, () -> {
                ipam.allocate("vps-1");
                ipam.release("vps-1", "");
                ipam.allocate("vps-1");
            });

            assertThat(lines)
                    .anySatisfy(line -> assertThat(line)
                            .isEqualTo("address for vps-1 (MAC unknown): 10.0.0.10, next free address of the pool"))
                    .anySatisfy(line ->
                            assertThat(line).isEqualTo("address for vps-1 (MAC unknown): 10.0.0.10, its last address"))
                    .anySatisfy(line ->
                            assertThat(line).startsWith("ALLOCATE by test: 1 changes: nothing -> vps-1 10.0.0.10"));
        }
    }

    @Test
    void debugSaysWhyACommandWasRefused() throws Exception {
        try (IpamFixture ipam = fixture()) {
            List<String> lines = LogLines.atDebug(CATEGORY, () -> ipam.allocate("vps-1", "", "", "192.0.2.1"));

            assertThat(lines)
                    .anySatisfy(line -> assertThat(line).startsWith("ALLOCATE by test: refused, OUTSIDE_POOL"));
        }
    }

    @Test
    void decisionsAreNotLoggedOtherwise() throws Exception {
        try (IpamFixture ipam = fixture()) {
            assertThat(LogLines.during(CATEGORY, () -> ipam.allocate("vps-1"))).isEmpty();
        }
    }

    private IpamFixture fixture() {
        return new IpamFixture(
                directory,
                new AddressPool(
                        new Ipv4Range(Ipv4Address.parse("10.0.0.10"), Ipv4Address.parse("10.0.0.20")), Set.of()));
    }
}
