package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import cloud.obiente.vpsgateway.dnsmasq.DnsmasqStatus.Phase;
import cloud.obiente.vpsgateway.dnsmasq.lease.WriterIdleCheck.Verdict;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.InterfaceName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import cloud.obiente.vpsgateway.net.Subnet;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DnsIdleProbeTest {
    private static final String LOOPBACK = "127.0.0.1";

    private final Vertx vertx = Vertx.vertx();
    private DatagramSocket server;

    @BeforeEach
    void openServer() throws IOException {
        server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void close() {
        server.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTING", "RUNNING"})
    void anyAnswerIsAProof(Phase phase) throws Exception {
        Thread answering = new Thread(this::refuseQuestions);
        answering.start();

        // On a machine under load, the first answers may come too late.
        await().until(() -> proof("lo", phase).check() == Verdict.IDLE);
    }

    @ParameterizedTest
    @EnumSource(names = {"STARTING", "RUNNING"})
    void silenceProvesNothing(Phase phase) throws Exception {
        assertThat(proof("lo", phase).check()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void missingInterfaceProvesNothing() throws Exception {
        assertThat(proof("missing0", Phase.RUNNING).check()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void childThatHasDiedWritesNothing() throws Exception {
        assertThat(proof("lo", Phase.WAITING).check()).isEqualTo(Verdict.NOT_RUNNING);
    }

    @Test
    void beforeTheFirstStartNothingIsKnown() throws Exception {
        assertThat(proof("lo", Phase.STOPPED).check()).isEqualTo(Verdict.UNKNOWN);
    }

    private DnsIdleProbe proof(String interfaceName, Phase phase) {
        InterfaceWatch loopback = new InterfaceWatch(
                new InterfaceName(interfaceName),
                Subnet.around(Ipv4Address.parse(LOOPBACK), 8),
                Optional.of(Ipv4Address.parse(LOOPBACK)));
        return new DnsIdleProbe(
                () -> new DnsmasqStatus(phase, Optional.empty()),
                new DnsmasqLiveness(new DnsHealthProbe(vertx, DomainName.parse("vps.test")), loopback),
                server.getLocalPort());
    }

    /** Says "no such name" (RFC 1035 section 4.1.1) until the socket is closed. */
    private void refuseQuestions() {
        byte[] buffer = new byte[512];
        while (!server.isClosed()) {
            DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
            try {
                server.receive(packet);
                buffer[2] = (byte) 0x84;
                buffer[3] = 3;
                server.send(packet);
            } catch (IOException closed) {
                return;
            }
        }
    }
}
