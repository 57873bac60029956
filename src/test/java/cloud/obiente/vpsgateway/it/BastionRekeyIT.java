package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Effort;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Client and bastion agree on new keys (RFC 4253 section 9) in the middle of a copy, many times, whoever asks for them. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BastionRekeyIT {
    /** Otherwise a GiB. */
    private static final int LIMIT_OF_THE_BASTION = 3_000_000;

    private static final int STEP = Effort.of(50_000, 25_000);

    private final World world = World.create("bastion-rekey")
            .with("JAVA_TOOL_OPTIONS", "-Dorg.apache.sshd.config.rekey-bytes-limit=" + LIMIT_OF_THE_BASTION)
            // So that it tells when it asks for new keys.
            .with("QUARKUS_LOG_CATEGORY__CLOUD_OBIENTE_VPSGATEWAY_SSH_BASTION__LEVEL", "INFO");
    private final BastionClient client = BastionClient.of(world, "bastion-rekey-files");
    private final Path key = client.key("key", "-t", "ed25519");

    @BeforeAll
    void start() {
        client.authorize(line(key));
        world.start();
        client.startVps();
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"aes128-gcm@openssh.com", "aes256-ctr"})
    void theClientAsksWhileBothDirectionsAreBusy(String cipher) throws Exception {
        Path sent = RandomFile.write(client.file("sent"), 40 << 20);
        Path back = client.file("back");

        assertThat(run(person("1M", cipher), sent.toFile(), back, "cat")).hasSizeGreaterThan(30);
        assertThat(Files.mismatch(sent, back)).isEqualTo(-1);
    }

    /** What is on the way decides who comes first, so the client's limit is varied around the bastion's. */
    @Test
    void bothAskAtOnce() throws Exception {
        Path there = RandomFile.write(client.file("sent"), Effort.of(40 << 20, 100 << 20));
        Path back = client.file("back");
        for (int limit = LIMIT_OF_THE_BASTION - 150_000; limit <= LIMIT_OF_THE_BASTION + 50_000; limit += STEP) {
            BastionClient.Person person = person(String.valueOf(limit), "aes128-gcm@openssh.com");

            assertThat(run(person, new File("/dev/null"), back, "cat " + there)).hasSizeGreaterThan(Effort.of(8, 20));
            assertThat(Files.mismatch(there, back))
                    .as("limit of the client: %s", limit)
                    .isEqualTo(-1);
        }
        assertThat(world.gateway().output()).contains("Initiating key re-exchange");
    }

    private BastionClient.Person person(String limit, String cipher) {
        return client.person(key, "RekeyLimit " + limit, "Ciphers " + cipher, "LogLevel DEBUG");
    }

    /** @return a line for each key exchange */
    private List<String> run(BastionClient.Person person, File in, Path out, String command) throws Exception {
        Path log = client.file("log");
        Process ssh = new ProcessBuilder(person.jump("root@" + BastionClient.VPS, command))
                .redirectInput(in)
                .redirectOutput(out.toFile())
                .redirectError(log.toFile())
                .start();
        try {
            assertThat(ssh.waitFor(5, TimeUnit.MINUTES)).as("ended in time").isTrue();
            assertThat(ssh.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            ssh.destroyForcibly();
        }
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains("SSH2_MSG_KEXINIT sent"))
                .toList();
    }
}
