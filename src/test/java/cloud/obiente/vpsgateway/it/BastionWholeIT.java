package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Vps;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A bastion with a host key that its operator has brought, and clients that are far away or want too much. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BastionWholeIT {
    private final World world = World.create("bastion-whole");
    private final BastionClient client = BastionClient.of(world, "bastion-whole-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final Path hostKey = client.key("host-key", "-t", "ed25519");
    private Vps vps;

    @BeforeAll
    void start() {
        client.authorize(line(key));
        world.with("GATEWAY_SSH_HOST_KEY_FILE", hostKey.toString()).start();
        vps = client.startVps();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    /** From a machine behind a bad cable to the gateway, and from there over the same cable to the VPS, which it is. */
    @Test
    void filesArriveAsTheyAreOnABadNetwork() throws IOException {
        // Given
        BastionClient.Person far = client.personOn(vps, key);
        Path sent = RandomFile.write(client.file("sent"), 2 << 20);
        Path there = client.file("there");
        Path back = client.file("back");

        // When
        vps.spoilCable();
        try {
            run(far.throughBastion("scp", sent.toString(), "root@vps-1:" + there));
            run(List.of("rsync", "--checksum", "-e", far.shell(), "root@vps-1:" + there, back.toString()));
        } finally {
            vps.mendCable();
        }

        // Then
        assertThat(Files.mismatch(sent, there)).isEqualTo(-1);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
        assertThat(world.gateway().output()).contains("caller='bastion:ops' target=vps-1 destination=");
    }

    private void run(List<String> command) {
        vps.exec(command.toArray(String[]::new));
    }

    @Test
    void theHostKeyIsTheOneThatWasGiven() {
        // When
        String shown = Command.run(
                List.of("ssh-keyscan", "-t", "ed25519", "-p", String.valueOf(BastionClient.PORT), "127.0.0.1"));

        // Then
        assertThat(shown).contains(" " + keyOf(hostKey) + "\n");
        assertThat(world.gateway().output()).contains("host key " + BastionClient.fingerprint(hostKey));
        assertThat(world.files().directory().resolve("ssh_host_ed25519_key")).doesNotExist();
    }

    /** Type and key of the public half, without its name. */
    private static String keyOf(Path key) {
        return line(key).replaceFirst(" [^ ]*$", "");
    }

    @Test
    void windowsOfClientsAreNotForwarded() {
        // Given
        List<String> withDisplay = client.person(key).toBastion(List.of("-Y"), "true");

        // When
        Command.Result result = Command.attempt(Stream.concat(Stream.of("env", "DISPLAY=:99"), withDisplay.stream())
                .toList());

        // Then
        assertThat(result.output()).contains("X11 forwarding request failed", "ssh -J");
    }
}
