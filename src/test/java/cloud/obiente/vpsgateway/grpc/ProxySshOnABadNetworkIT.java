package cloud.obiente.vpsgateway.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.lab.Sandbox;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** The whole contract, while packets get lost on the way to the callers and to the VPSs, so that their bytes come late. */
class ProxySshOnABadNetworkIT extends ProxySshTest {
    private static final String TABLE = "bad_network";

    @BeforeAll
    static void spoilTheNetwork() {
        Sandbox.require();
        // Packets as they are on Ethernet, so that there are enough to lose.
        Command.run(List.of("ip", "link", "set", "lo", "mtu", "1500", "gso_max_segs", "1"));
        Command.run(List.of("nft", "add", "table", "inet", TABLE));
        Command.run(List.of(
                "nft",
                "add",
                "chain",
                "inet",
                TABLE,
                "input",
                "{ type filter hook input priority 0 ; policy accept ; }"));
        // But not those that open a connection, which are sent again after a second, when the tests' dialer gives up,
        // and not resets, which are never sent again.
        Command.run(List.of(
                "nft",
                "add",
                "rule",
                "inet",
                TABLE,
                "input",
                "tcp flags & (syn | rst) == 0 numgen random mod 1000 < 10 drop"));
    }

    @AfterAll
    static void mendTheNetwork() {
        Command.run(List.of("nft", "delete", "table", "inet", TABLE));
        Command.run(List.of("ip", "link", "set", "lo", "mtu", "65536", "gso_max_segs", "65535"));
    }

    @Override
    int manyStreams() {
        return 100;
    }

    /** Data before connected, in pieces of every size, and the end of output right behind it. */
    @RepeatedTest(5)
    void everyByteComesBackOnABadNetwork(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        byte[] sent = new byte[1 << 20];
        random.nextBytes(sent);
        try (ProxyServer gateway = new ProxyServer(ProxyServer.settings());
                ProxyClient caller = client(gateway.port());
                FakeVps echo = FakeVps.echo()) {
            ProxyStream stream = caller.stream().connect("a", echo.port());
            for (int from = 0, to; from < sent.length; from = to) {
                to = Math.min(sent.length, from + 1 + random.nextInt(64 << 10));
                stream.data("a", Arrays.copyOfRange(sent, from, to));
            }
            stream.halfClose();

            assertThat(stream.next()).isEqualTo("a connected");
            assertThat(stream.bytes("a", sent.length)).isEqualTo(sent);
            assertThat(stream.next()).isEqualTo("a closed");
            assertThat(stream.end().isOk()).isTrue();
        }
    }
}
