package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.OutsideHost;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The gateway is no open relay: for a target that is not allowed, no packet leaves. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalTableIT {
    private static final int SSH = 22;
    private static final String[] REFUSALS = {"target not allowed: ", "has no address on this gateway"};

    private static final Ipv4Address UPLINK = Ipv4Address.parse("198.51.100.1");

    private final World world = World.create("refusal-table");
    private final BastionClient client = BastionClient.of(world, "refusal-table-files");
    private final Path key = client.key("key", "-t", "ed25519");
    private final List<RefusedTargets.Target> targets = RefusedTargets.all();

    @BeforeAll
    void start() {
        client.authorize(BastionClient.line(key));
        leadEverywhere();
        world.start();
        client.startVps();
        assertThat(targets).hasSizeGreaterThan(60).doesNotHaveDuplicates();
    }

    /** With a way to all the world, a target that was dialed could not go unseen for want of a route. */
    private void leadEverywhere() {
        OutsideHost provider = world.lab().outsideHost("uplink", UPLINK, Ipv4Address.parse("198.51.100.9"));
        Command.run(List.of(
                "ip", "route", "add", "default", "via", provider.address().toString()));
        // A host without IPv6 cannot dial it either.
        Command.attempt(List.of("ip", "-6", "route", "add", "default", "dev", provider.name()));
    }

    @AfterAll
    void stop() {
        world.close();
    }

    @Test
    void proxySshSendsNothingForWhatItRefuses() throws Exception {
        try (DialWatch watch = DialWatch.start(GatewayProcess.GRPC_PORT);
                SshStream stream = new SshStream(world.api().client())) {
            for (RefusedTargets.Target target : targets) {
                assertThat(stream.connect(target.host(), target.port()))
                        .as(target.toString())
                        .containsAnyOf(REFUSALS);
            }
            assertThat(watch.dials()).as(watch.toString()).isZero();
            assertThat(watch.questions()).as("names are asked for").isPositive();

            assertThat(stream.connect(BastionClient.VPS)).isEqualTo("connected");
            assertThat(watch.dials()).as("what is allowed is seen").isEqualTo(1);
        }
    }

    @Test
    void theBastionSendsNothingForWhatItRefuses() throws Exception {
        try (BastionSocks socks = BastionSocks.start(client.person(key), client.file("logged-in"));
                DialWatch watch = DialWatch.start(BastionClient.PORT, socks.port())) {
            for (RefusedTargets.Target target : targets) {
                assertThat(socks.refusalOf(target.host(), target.port()))
                        .as(target.toString())
                        .containsAnyOf(REFUSALS);
            }
            assertThat(watch.dials()).as(watch.toString()).isZero();
            assertThat(watch.questions()).as("names are asked for").isPositive();

            assertThat(socks.bannerOf(BastionClient.VPS, SSH)).startsWith("SSH-2.0-");
            assertThat(watch.dials()).as("what is allowed is seen").isEqualTo(1);
        }
    }

    /** Broadcast and multicast aside, which the kernel itself does not dial. */
    @Test
    void theWatchSeesWhoeverIsDialed() throws IOException {
        try (DialWatch watch = DialWatch.start(GatewayProcess.GRPC_PORT)) {
            int dialed = 0;
            for (String address : RefusedTargets.addresses()) {
                dialed += dial(address) ? 1 : 0;
                assertThat(watch.dials()).as(address).isEqualTo(dialed);
            }
            assertThat(dialed).isGreaterThan(50);
        }
    }

    private static boolean dial(String address) throws IOException {
        try (SocketChannel socket = SocketChannel.open()) {
            socket.configureBlocking(false);
            socket.connect(new InetSocketAddress(address, SSH));
            return true;
        } catch (SocketException noHost) {
            return false;
        }
    }
}
