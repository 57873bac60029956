package cloud.obiente.vpsgateway.it;

import static cloud.obiente.vpsgateway.it.BastionClient.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bastion does not do, and for whom. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BastionRefusalIT {
    private static final String USAGE = "This is a way to VPSs, not a place to be: ssh -J ";
    private static final String ACCEPTED = "vps_gateway_ssh_bastion_logins_total{result=\"accepted\"}";

    private final World world = World.create("bastion-refusal");
    private final BastionClient client = BastionClient.of(world, "bastion-refusal-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final Path expired = client.key("expired", "-t", "ed25519");
    private final Path elsewhere = client.key("elsewhere", "-t", "ed25519");
    private final Path limited = client.key("limited", "-t", "ed25519");
    private final Path restricted = client.key("restricted", "-t", "ed25519");
    private final Path forced = client.key("forced", "-t", "ed25519");
    private final Path small = client.key("small", "-t", "rsa", "-b", "1024");
    private final Path rsa = client.key("rsa", "-t", "rsa");

    @BeforeAll
    void start() {
        client.authorize(usualLines());
        world.start();
        client.startVps();
    }

    private String[] usualLines() {
        return new String[] {
            line(key),
            "expiry-time=\"20200101\" " + line(expired),
            "from=\"192.0.2.0/24,!127.0.0.0/8\" " + line(elsewhere),
            "permitopen=\"vps-2:22\",no-pty " + line(limited),
            "restrict " + line(restricted),
            "command=\"/bin/true\" " + line(forced),
            line(small),
            line(rsa)
        };
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void unknownKeysAreRefused() {
        assertThat(client.person(client.key("stranger", "-t", "ed25519")).canLogIn())
                .isFalse();
        assertLogged("key refused", "the key is not in GATEWAY_SSH_AUTHORIZED_KEYS");
    }

    @Test
    void keysAreLimitedByTheirOptions() {
        assertThat(client.person(key).canLogIn()).isTrue();
        assertThat(client.person(expired).canLogIn()).isFalse();
        assertThat(client.person(elsewhere).canLogIn()).isFalse();
        assertThat(refusalOf(client.person(limited).jump("root@vps-1", "true")))
                .contains("target not allowed: this key may reach vps-2:22 only (permitopen=)");
        assertThat(refusalOf(client.person(restricted).jump("root@vps-1", "true")))
                .contains("target not allowed: this key may reach nothing");
        assertLogged("key refused", "the key expired at 2020-01-01");
        assertLogged("key refused", "the key may not be used from there (from=)");
    }

    /** CVE-2024-45337 (Go): a server may take the key that was only asked about for the one that has signed. */
    @Test
    void whatALoginMayDoIsUpToTheKeyThatSigned() throws IOException {
        // The client has no private half of the first, so it asks about it, and signs with the second.
        Path publicOnly = client.file("public-only");
        Files.copy(Path.of(key + ".pub"), Path.of(publicOnly + ".pub"));

        assertThat(refusalOf(
                        client.person(publicOnly, "  IdentityFile " + limited).jump("root@vps-1", "true")))
                .contains("target not allowed: this key may reach vps-2:22 only (permitopen=)");
    }

    @Test
    void linesWithLimitsThatCannotBeKeptAreRefusedAndTheOthersHold() {
        assertThat(client.person(forced).canLogIn()).isFalse();
        assertThat(client.person(small).canLogIn()).isFalse();
        assertLogged("line 6", "'command'");
        assertLogged("line 7", "1024 bits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "10.15.3.1", "169.254.169.254"})
    void theGatewayIsNoOpenRelay(String target) {
        assertThat(refusalOf(client.person(key).jump("root@" + target, "true")))
                .contains("administratively prohibited", "target not allowed: " + target);
    }

    @Test
    void refusalsSayWhy() {
        assertThat(refusalOf(client.person(key).jump("root@vps-404", "true")))
                .contains("vps-404 has no address on this gateway");
        assertThat(refusalOf(client.person(key).jump("-p", "23", "root@vps-1", "true")))
                .contains("administratively prohibited", "port 23 is not among the allowed ones");
        assertThat(refusalOf(client.person(key).jump("root@10.15.3.250", "true")))
                .contains("connect failed");
    }

    @Test
    void shellsAndCommandsAreToldHowItIsUsed() {
        BastionClient.Person ops = client.person(key);
        Command.Result shell = Command.attempt(ops.toBastion(List.of("-tt")));
        assertThat(shell.output()).contains(USAGE);
        assertThat(shell.exitCode()).isNotZero();
        Command.Result command = Command.attempt(ops.toBastion(List.of("-A"), "id"));
        assertThat(command.output()).contains(USAGE).doesNotContain("uid=");
        assertThat(command.exitCode()).isNotZero();
    }

    @Test
    void filesAndForwardingsOfTheBastionItselfAreRefused() {
        BastionClient.Person ops = client.person(key);
        Command.Result sftp = Command.attempt(ops.toBastion(List.of("-s"), "sftp"));
        assertThat(sftp.exitCode()).isNotZero();
        assertThat(sftp.output()).contains("subsystem request failed");
        Command.Result remote = Command.attempt(
                ops.toBastion(List.of("-N", "-o", "ExitOnForwardFailure=yes", "-R", "9103:127.0.0.1:22")));
        assertThat(remote.exitCode()).isNotZero();
        assertThat(remote.output()).contains("remote port forwarding failed");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "KexAlgorithms=diffie-hellman-group14-sha1,diffie-hellman-group1-sha1",
                "KexAlgorithms=diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256",
                "Ciphers=aes128-cbc,3des-cbc",
                "MACs=hmac-sha1,hmac-sha1-etm@openssh.com",
                "HostKeyAlgorithms=ssh-rsa,rsa-sha2-512"
            })
    void weakAlgorithmsAreNotSpoken(String weak) {
        // A cipher without a MAC of its own, so that the MAC matters.
        Command.Result result = Command.attempt(client.person(key)
                .toBastion(List.of("-o", weak, "-o", weak.startsWith("MACs") ? "Ciphers=aes128-ctr" : weak)));
        assertThat(result.exitCode()).isNotZero();
        assertThat(result.output()).contains("Unable to negotiate").doesNotContain(USAGE);
    }

    @Test
    void rsaKeysSignWithSha2Only() {
        assertThat(Command.attempt(client.person(rsa).toBastion(List.of("-o", "PubkeyAcceptedAlgorithms=ssh-rsa")))
                        .output())
                .doesNotContain(USAGE);
        assertThat(client.person(rsa).canLogIn()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Ciphers=chacha20-poly1305@openssh.com,aes128-gcm@openssh.com",
                "Ciphers=aes256-gcm@openssh.com",
                "Ciphers=aes256-ctr",
                "KexAlgorithms=curve25519-sha256",
                "KexAlgorithms=ecdh-sha2-nistp256",
                "KexAlgorithms=ecdh-sha2-nistp521"
            })
    void modernAlgorithmsAreSpoken(String modern) {
        assertThat(Command.attempt(client.person(key).toBastion(List.of("-o", modern)))
                        .output())
                .contains(USAGE);
    }

    @Tag("smoke")
    @Test
    void theHostKeyIsMadeOnceForThisUserAlone() throws IOException {
        Path hostKey = world.files().directory().resolve("ssh_host_ed25519_key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(hostKey)))
                .isEqualTo("rw-------");
        assertThat(world.gateway().output()).contains("host key " + BastionClient.fingerprint(hostKey));
        byte[] before = Files.readAllBytes(hostKey);

        assertThat(world.gateway().terminate()).isZero();
        world.start();

        assertThat(hostKey).hasBinaryContent(before);
        assertThat(client.person(key).canLogIn()).isTrue();
    }

    @Test
    void keysAreReadAgainWhenTheyChange() {
        Path newcomer = client.key("newcomer", "-t", "ed25519");
        Path leaver = client.key("leaver", "-t", "ed25519");
        client.authorize(with("garbage that is no key", line(leaver)));
        await().until(() -> client.person(leaver).canLogIn());

        client.authorize(with(line(newcomer)));

        await().until(() -> client.person(newcomer).canLogIn());
        assertThat(client.person(leaver).canLogIn()).isFalse();
        assertThat(client.person(key).canLogIn()).isTrue();
    }

    private String[] with(String... lines) {
        return Stream.concat(Stream.of(usualLines()), Stream.of(lines)).toArray(String[]::new);
    }

    @Test
    void loginsAreCounted() {
        double before = world.metric(ACCEPTED);
        assertThat(client.person(key).canLogIn()).isTrue();
        assertThat(world.metric(ACCEPTED)).isEqualTo(before + 1);
    }

    private static String refusalOf(List<String> command) {
        Command.Result result = Command.attempt(command);
        assertThat(result.exitCode()).isNotZero();
        return result.output();
    }

    private void assertLogged(String... parts) {
        await().untilAsserted(() -> assertThat(world.gateway().output().lines())
                .anyMatch(logged -> Stream.of(parts).allMatch(logged::contains)));
    }
}
