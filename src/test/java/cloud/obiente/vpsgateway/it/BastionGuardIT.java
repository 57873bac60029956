package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Those who do not log in, or fail to, neither stay nor take the places of others. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BastionGuardIT {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    private static final String CLIENTS = "vps_gateway_ssh_bastion_clients";
    private static final String RESTING = "vps_gateway_ssh_bastion_resting_addresses";

    private final World world = World.create("bastion-guard")
            // Long enough for those who do log in, on a machine with other things to do.
            .with("GATEWAY_SSH_BASTION_LOGIN_GRACE", "10s")
            .with("GATEWAY_SSH_BASTION_REST", "15s")
            .with("GATEWAY_SSH_BASTION_MAX_UNAUTHENTICATED", "30");
    private final BastionClient client = BastionClient.of(world, "bastion-guard-files");
    private final Path key = client.key("key", "-t", "ed25519");

    @BeforeAll
    void start() {
        client.authorize(line(key));
        world.start();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void anAddressRestsWhenAConnectionHasUsedUpItsTries() {
        BastionClient.Person person = client.person(key);
        Command.Result result = Command.attempt(person.toBastion(othersKeys(6)));
        assertThat(result.output()).contains("Too many authentication failures");

        awaitRestOf(person);
        assertThat(world.metric(RESTING)).isPositive();
        assertThat(person.canLogIn()).isFalse();
        assertThat(client.person(key).canLogIn()).isTrue();
        await().atMost(TIMEOUT).until(() -> world.metric(RESTING) == 0);
        assertThat(person.canLogIn()).isTrue();
    }

    @Test
    void keysThatAreOfferedBeforeTheRightOneAreForgotten() {
        BastionClient.Person person = client.person(key);
        for (int login = 0; login < 4; login++) {
            assertThat(Command.attempt(person.toBastion(othersKeys(4))).output())
                    .contains("ssh -J");
        }
    }

    @Test
    void anAddressRestsAfterSixConnectionsThatFailed() {
        BastionClient.Person person = client.person(client.key("stranger", "-t", "ed25519"));
        for (int login = 0; login < 6; login++) {
            assertThat(person.canLogIn()).isFalse();
        }
        awaitRestOf(person);
    }

    /** Others may rest as well: those of the tests before. */
    private void awaitRestOf(BastionClient.Person person) {
        await().until(() ->
                world.gateway().output().contains(person.address() + " is banned for 15 s after failed logins"));
    }

    private List<String> othersKeys(int count) {
        List<String> options = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Path unknownClient = client.file("stranger-" + i);
            if (!unknownClient.toFile().exists()) {
                client.key("stranger-" + i, "-t", "ed25519");
            }
            options.addAll(List.of("-i", unknownClient.toString()));
        }
        return options;
    }

    @Test
    void whoeverDoesNotLogInInTimeIsSentAway() throws IOException {
        try (Socket silent = connect("127.0.2.1")) {
            silent.setSoTimeout((int) TIMEOUT.toMillis());
            byte[] all = silent.getInputStream().readAllBytes();
            assertThat(new String(all, StandardCharsets.US_ASCII)).startsWith("SSH-2.0-vps-gateway");
        }
        await().atMost(TIMEOUT).until(() -> world.metric(CLIENTS) == 0);
    }

    @Test
    void oneAddressHasATenthOfThePlacesWithoutALogin() throws IOException {
        List<Socket> idle = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            idle.add(connect("127.0.2.2"));
        }
        try (Socket one = connect("127.0.2.2")) {
            one.setSoTimeout((int) TIMEOUT.toMillis());
            assertThat(one.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(world.metric("vps_gateway_ssh_bastion_refusals_total{reason=\"too_many_of_address\"}"))
                .isPositive();
        assertThat(client.person(key).canLogIn()).isTrue();
        for (Socket socket : idle) {
            socket.close();
        }
        await().atMost(TIMEOUT).until(() -> world.metric(CLIENTS) == 0);
    }

    private static Socket connect(String from) throws IOException {
        return new Socket("127.0.0.1", BastionClient.PORT, InetAddress.getByName(from), 0);
    }
}
