package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Vps;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.MacAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** A VPS that dies is told from one that lives and does not read. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshDeadPeerIT {
    private static final byte[] PIECE = new byte[32 << 10];
    /** The shortest there is; a VPS is given up when it has been silent for twice as long. */
    private static final Duration KEEPALIVE = Duration.ofSeconds(6);

    private static final Duration GIVEN_UP = Duration.ofSeconds(60);

    private final World world =
            World.create("ssh-dead-peer").with("GATEWAY_SSH_KEEPALIVE", KEEPALIVE.toSeconds() + "s");
    private Vps vps;
    private Ipv4Address address;
    private ProxyClient client;

    @BeforeAll
    void start() {
        world.start();
        vps = world.sshVps("vps-1", MacAddress.parse("02:00:00:00:00:01"));
        address = vps.addresses().get(0);
        client = world.proxyClient();
    }

    @AfterEach
    void nothingIsLeft() {
        await().atMost(GIVEN_UP).untilAsserted(() -> {
            assertThat(world.metric("vps_gateway_ssh_proxy_connections_active")).isZero();
            assertThat(world.metric("vps_gateway_ssh_proxy_buffer_bytes")).isZero();
        });
    }

    @AfterAll
    void stop() {
        client.close();
        world.close();
    }

    @Test
    void aVpsThatDiesWithBytesUnacknowledgedIsGivenUp() {
        ProxyStream stream = connected();
        world.lab().silence(address);

        stream.data("a", "into the void");

        assertGivenUp(stream);
    }

    @Test
    void aVpsThatDiesInSilenceIsGivenUp() {
        ProxyStream stream = connected();

        world.lab().silence(address);

        assertGivenUp(stream);
    }

    @Test
    void aVpsThatLivesButDoesNotReadIsKept() {
        ProcessHandle sshd = vps.sshd();
        Programs.freeze(sshd);
        // The kernel accepts, nobody reads.
        ProxyStream stream = client.stream().connect("a", "vps-1", 0, "");
        assertThat(stream.next()).isEqualTo("a connected");
        long offered = 64L << 20;
        assertThat(stream.sendUntilStopped("a", PIECE, offered)).isLessThan(offered);

        await().during(KEEPALIVE.multipliedBy(2).plusSeconds(2))
                .atMost(Duration.ofSeconds(60))
                .until(() -> !stream.hasMessages() && !stream.hasEnded());

        Programs.thaw(sshd);
        assertThat(stream.nextMessage().getType()).as("sshd is there again").isEqualTo("data");
        stream.cancel();
    }

    private ProxyStream connected() {
        ProxyStream stream = client.stream().connect("a", "vps-1", 0, "");
        assertThat(stream.next()).isEqualTo("a connected");
        assertThat(stream.next()).startsWith("a data SSH-2.0-");
        return stream;
    }

    private void assertGivenUp(ProxyStream stream) {
        await().atMost(GIVEN_UP).until(stream::hasMessages);
        world.lab().endSilence();
        assertThat(stream.next()).startsWith("a error connection to " + address + ":22 broke: ");
        stream.close("a").end();
    }
}
