package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.Effort;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient;
import cloud.obiente.vpsgateway.ssh.bastion.UnreadClients;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Many who have logged in, ask and do not read the answers: they cost the gateway nothing that it did not have before, and
 * somebody else copies a file meanwhile. How fast, {@code script/bench unread} measures.
 */
class BastionUnreadIT {
    private static final int CLIENTS = Effort.of(200, 1_000);
    private static final int COPY_BYTES = 8 << 20;
    private static final Duration COPYING = Duration.ofMinutes(3);
    private static final long MAX_GROWTH_KILOBYTES = 20 << 10;

    /** With a heap that is all there from the beginning: what is filled of it is no growth. */
    private final World world = World.create("bastion-unread")
            .with("JAVA_TOOL_OPTIONS", "-Xms96m -XX:+AlwaysPreTouch")
            .with("GATEWAY_SSH_BASTION_MAX_CONNECTIONS", String.valueOf(2 * CLIENTS))
            .with("GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED", String.valueOf(CLIENTS));

    private final BastionClient people = BastionClient.of(world, "bastion-unread-files");
    private final Path key = people.key("key", "-t", "ed25519");
    private final RawSshClient ssh = new RawSshClient();
    private final UnreadClients clients = new UnreadClients(ssh);

    @AfterEach
    void stop() {
        clients.close();
        ssh.close();
        world.close();
    }

    @Test
    void theirAnswersAreNotKept() throws IOException {
        // Given
        people.authorize(BastionClient.line(key), ssh.publicKey());
        world.start();
        people.startVps();
        BastionClient.Person person = people.person(key);
        copy(person);
        clients.logIn(BastionClient.PORT, CLIENTS);
        long before = world.gateway().residentKilobytes();

        // When
        int sent = clients.askUntilHeld();

        // Then: more than what waits in the kernel and is counted here, for each of them
        assertThat(sent).isGreaterThan(100 * CLIENTS);
        long held = world.gateway().residentKilobytes();
        assertThat(clients.open()).as("held while it was measured").isGreaterThan(CLIENTS / 2);
        assertThat(held - before).as("growth from %d KB", before).isLessThan(MAX_GROWTH_KILOBYTES);
        copy(person);
        assertThat(world.gateway().isReady()).isTrue();
    }

    private void copy(BastionClient.Person person) throws IOException {
        Command.run(
                person.throughBastion(
                        "scp",
                        RandomFile.write(people.file("sent"), COPY_BYTES).toString(),
                        "root@" + BastionClient.VPS + ":" + people.file("there")),
                COPYING);
    }
}
