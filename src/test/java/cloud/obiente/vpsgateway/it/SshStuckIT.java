package cloud.obiente.vpsgateway.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.FakeVps;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.ProxyStream;
import cloud.obiente.vpsgateway.v1.GetGatewayInfoRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** VPSs that take a connection and then read nothing, each with a stream of its own, offered more than they can hold. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshStuckIT {
    private static final String SEND_BUFFERS = "net.ipv4.tcp_wmem";
    private static final byte[] PIECE = new byte[32 << 10];
    private static final long OFFERED = 64L << 20;
    private static final int SEVERAL = 8;
    private static final int MANY = 200;
    /** Half of them would fill a gateway with 96 MiB. */
    private static final int TOO_MANY = 800;

    private static final int STREAMS_OF_A_CLIENT = 40;
    private static final long MORE_THAN_A_STREAM_HOLDS = 1 << 20;
    private static final int OFFERING_AT_ONCE = 25;

    private final World world = World.create("ssh-stuck").withFakeVpss();
    private final FakeVps echo = FakeVps.echo();
    private final CountDownLatch end = new CountDownLatch(1);
    private final FakeVps stuck = FakeVps.withSmallBuffer(socket -> awaitEnd());

    private final String usualBuffers =
            Command.run(List.of("sysctl", "-n", SEND_BUFFERS)).strip();

    @BeforeAll
    void start() {
        // The kernel would take megabytes of each connection, and show the gateway nothing of it.
        Command.run(List.of("sysctl", "-qw", SEND_BUFFERS + "=4096 16384 65536"));
        world.start();
    }

    @AfterAll
    void stop() {
        Command.run(List.of("sysctl", "-qw", SEND_BUFFERS + "=" + usualBuffers));
        end.countDown();
        stuck.close();
        echo.close();
        world.close();
    }

    @Test
    void othersOnTheSameConnectionGoOn() {
        try (GatewayClient api = world.gateway().client();
                ProxyClient streams = ProxyClient.beside(api, GatewayProcess.SECRET)) {
            ProxyStream before = connected(streams, echo);
            List<ProxyStream> held = new ArrayList<>();
            for (int i = 0; i < SEVERAL; i++) {
                held.add(offerTooMuch(streams));
            }

            assertThat(api.calls()
                            .getGatewayInfo(GetGatewayInfoRequest.getDefaultInstance())
                            .getVersion())
                    .isNotEmpty();
            assertThat(before.data("a", "before").next()).isEqualTo("a data before");
            assertThat(connected(streams, echo).data("a", "after").next()).isEqualTo("a data after");
            assertThat(held).noneMatch(ProxyStream::hasEnded);
        }
    }

    @Test
    void aGatewayWithLittleMemoryStandsManyOfThemWithAConnectionEach() throws Exception {
        List<ProxyClient> clients = new ArrayList<>();
        ExecutorService offering = Executors.newFixedThreadPool(OFFERING_AT_ONCE);
        try {
            List<Future<ProxyStream>> held = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                ProxyClient client = world.proxyClient();
                clients.add(client);
                held.add(offering.submit(() -> offerTooMuch(client)));
            }
            for (Future<ProxyStream> one : held) {
                assertThat(one.get(2, TimeUnit.MINUTES).hasEnded()).isFalse();
            }

            assertThat(world.gateway().isReady()).isTrue();
            assertThat(world.api().list()).isEmpty();
            assertThat(world.gateway().output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
        } finally {
            offering.shutdownNow();
            clients.forEach(ProxyClient::close);
        }
    }

    @Test
    void ofMoreThanTheMemoryHoldsTheFirstAreGivenUp() throws Exception {
        List<ProxyClient> clients = new ArrayList<>();
        ExecutorService offering = Executors.newFixedThreadPool(OFFERING_AT_ONCE);
        try {
            List<Future<ProxyStream>> offered = new ArrayList<>();
            for (int i = 0; i < TOO_MANY; i++) {
                if (i % STREAMS_OF_A_CLIENT == 0) {
                    clients.add(world.proxyClient());
                }
                ProxyClient client = clients.get(clients.size() - 1);
                offered.add(offering.submit(() -> {
                    ProxyStream stream = connected(client, stuck);
                    stream.sendUntilStopped("a", PIECE, MORE_THAN_A_STREAM_HOLDS);
                    return stream;
                }));
            }
            for (Future<ProxyStream> one : offered) {
                one.get(2, TimeUnit.MINUTES);
            }

            assertThat(offered.get(0).get().next())
                    .isEqualTo("a error too slow: too many connections wait for VPSs that do not read"
                            + " (GATEWAY_SSH_MAX_BUFFER)");
            await().until(world.gateway()::isReady);
            assertThat(world.gateway().output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
            try (ProxyClient client = world.proxyClient()) {
                assertThat(connected(client, echo).data("a", "still here").next())
                        .isEqualTo("a data still here");
            }
        } finally {
            offering.shutdownNow();
            clients.forEach(ProxyClient::close);
        }
    }

    private ProxyStream offerTooMuch(ProxyClient client) {
        ProxyStream stream = connected(client, stuck);
        assertThat(stream.sendUntilStopped("a", PIECE, OFFERED)).isLessThan(OFFERED);
        return stream;
    }

    private static ProxyStream connected(ProxyClient client, FakeVps vps) {
        ProxyStream stream = client.stream().connect("a", vps.port());
        assertThat(stream.next()).isEqualTo("a connected");
        return stream;
    }

    private void awaitEnd() {
        try {
            end.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
