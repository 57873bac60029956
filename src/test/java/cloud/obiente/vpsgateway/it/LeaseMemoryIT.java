package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The lease file is in memory, and neither deaths of the gateway nor of its host take an address from anybody. */
class LeaseMemoryIT {
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:01");

    private final World world = World.create("lease-memory");

    @AfterEach
    void stop() {
        world.close();
    }

    @Test
    void aKilledGatewayLosesNothingAndAStoppedOneLeavesAFile() throws IOException {
        // Given
        Ipv4Address address = bootOne();
        Path shown = world.files().leasesFile();
        assertThat(shown).isSymbolicLink();
        assertThat(Files.getFileStore(shown.toRealPath()).type()).isEqualTo("tmpfs");

        // When
        world.gateway().kill9();
        world.start();

        // Then
        assertThat(shown).content().contains(MAC + " " + address);

        // When
        world.gateway().terminate();

        // Then
        assertThat(Files.isRegularFile(shown, LinkOption.NOFOLLOW_LINKS)).isTrue();
        assertThat(shown).content().contains(MAC + " " + address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"renew", "rebind", "init-reboot"})
    void whatARestartOfTheHostLosesIsRegained(String request) throws IOException {
        // Given: no copy was made yet
        Ipv4Address address = bootOne();
        Vps vps = client;
        Path shown = world.files().leasesFile();
        world.gateway().kill9();
        Files.delete(shown.toRealPath());

        // When
        world.start();
        assertThat(shown).content().doesNotContain(address.toString());
        String verdict = vps.exec(
                "python3",
                Path.of("src/test/python/dhcp_again.py").toAbsolutePath().toString(),
                request,
                address.toString(),
                Lab.GATEWAY.toString());

        // Then
        assertThat(verdict.strip()).isEqualTo("ack");
        await().untilAsserted(() -> assertThat(shown).content().contains(MAC + " " + address));
    }

    private Vps client;

    private Ipv4Address bootOne() {
        world.start();
        Ipv4Address address = world.api().allocate("vps-1", MAC);
        client = world.bootedVps("vps-1", MAC);
        return address;
    }
}
