package cloud.obiente.vpsgateway.dnsmasq;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.obiente.vpsgateway.lab.LastMomentDns;
import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DnsHealthProbeTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final Duration TIMEOUT = Duration.ofMillis(40);

    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();
    private final Vertx vertx = Vertx.vertx().exceptionHandler(faults::add);

    private LastMomentDns dns;

    @BeforeEach
    void start() throws Exception {
        dns = new LastMomentDns(TIMEOUT, Duration.ofMillis(2));
    }

    @AfterEach
    void stop() throws Exception {
        dns.close();
        vertx.close().toCompletionStage().toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    /** As on a busy machine, all the time: "complete already" was in the log then. */
    @Test
    void anAnswerInTheLastMomentIsOneOrNone() throws Exception {
        DnsHealthProbe probe = new DnsHealthProbe(vertx, DomainName.parse("vps.local"));
        for (int round = 0; round < 40; round++) {
            List<CompletableFuture<Boolean>> answers = new ArrayList<>();
            for (int i = 0; i < 25; i++) {
                answers.add(probe.answers(LOOPBACK, dns.port(), TIMEOUT).toCompletableFuture());
            }
            CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(1, TimeUnit.MINUTES);
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void silenceIsNoAnswer() throws Exception {
        dns.close();
        assertThat(new DnsHealthProbe(vertx, DomainName.parse("vps.local"))
                        .answers(LOOPBACK, dns.port(), TIMEOUT)
                        .toCompletableFuture()
                        .get(1, TimeUnit.MINUTES))
                .isFalse();
    }
}
