package cloud.obiente.vpsgateway.hostnet;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forwarding database as sysfs has it. */
class BridgePortsTest {
    private static final MacAddress ONE = MacAddress.parse("00:16:3e:00:00:01");
    private static final MacAddress TWO = MacAddress.parse("00:16:3e:00:00:02");

    @TempDir
    Path interfaces;

    private final ByteArrayOutputStream database = new ByteArrayOutputStream();

    @Test
    void tellsThePortsOfThoseItIsAskedAbout() throws IOException {
        entry(ONE, 3, false);
        entry(TWO, 0x102, false);
        assertThat(portsOf(Set.of(ONE, TWO), write("br0")))
                .containsOnly(Map.entry(ONE, new BridgePort(3)), Map.entry(TWO, new BridgePort(0x102)));
        assertThat(portsOf(Set.of(TWO), "br0")).containsOnlyKeys(TWO);
    }

    @Test
    void theBridgesOwnMacsHaveNoPort() throws IOException {
        entry(ONE, 3, true);
        assertThat(portsOf(Set.of(ONE), write("br0"))).isEmpty();
    }

    @Test
    void aMacOnTwoPortsHasNone() throws IOException {
        entry(ONE, 3, false);
        entry(ONE, 4, false);
        entry(TWO, 4, false);
        entry(TWO, 4, false);
        assertThat(portsOf(Set.of(ONE, TWO), write("br0"))).containsOnlyKeys(TWO);
    }

    @Test
    void whatIsCutShortIsNotRead() throws IOException {
        entry(ONE, 3, false);
        database.writeBytes(new byte[7]);
        assertThat(portsOf(Set.of(ONE), write("br0"))).containsOnlyKeys(ONE);
    }

    @Test
    void aVlanHasThePortsOfItsBridge() throws IOException {
        entry(ONE, 3, false);
        write("br0");
        Files.createDirectory(interfaces.resolve("br0.100"));
        Files.createSymbolicLink(interfaces.resolve("br0.100/lower_br0"), interfaces.resolve("br0"));
        assertThat(portsOf(Set.of(ONE), "br0.100")).containsOnlyKeys(ONE);
    }

    @Test
    void whatIsNoBridgeOrNotThereHasNone() throws IOException {
        Files.createDirectory(interfaces.resolve("eth0"));
        assertThat(portsOf(Set.of(ONE), "eth0")).isEmpty();
        assertThat(portsOf(Set.of(ONE), "gone0")).isEmpty();
    }

    private Map<MacAddress, BridgePort> portsOf(Set<MacAddress> macs, String network) {
        return new BridgePorts(interfaces, new InterfaceName(network)).portsOf(macs);
    }

    private void entry(MacAddress mac, int port, boolean local) {
        byte[] entry = new byte[16];
        System.arraycopy(mac.octets(), 0, entry, 0, 6);
        entry[6] = (byte) port;
        entry[7] = (byte) (local ? 1 : 0);
        entry[8] = 42;
        entry[12] = (byte) (port >> 8);
        database.writeBytes(entry);
    }

    private String write(String bridge) throws IOException {
        Files.createDirectory(interfaces.resolve(bridge));
        Files.write(interfaces.resolve(bridge).resolve("brforward"), database.toByteArray());
        return bridge;
    }
}
