package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Asks the child a question that it answers from its own files, to see that it is alive. Thread-safe. */
public final class DnsHealthProbe {
    /** Vert.x' own timeout fails a question that has just been answered once more, and logs that it cannot. */
    private static final Duration VERTX_TIMEOUT = Duration.ofDays(1);

    private final Vertx vertx;
    private final String name;

    /** @param domain the child answers for it itself, so that no upstream resolver is involved */
    public DnsHealthProbe(Vertx vertx, DomainName domain) {
        this.vertx = vertx;
        this.name = "gateway-probe." + domain;
    }

    /**
     * Asks over UDP.
     *
     * @return completes, never exceptionally, with whether any answer came in that time; "no such name" is an answer
     */
    CompletionStage<Boolean> answers(Ipv4Address server, int port, Duration timeout) {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        DnsClient client = vertx.createDnsClient(new DnsClientOptions()
                .setHost(server.toString())
                .setPort(port)
                .setQueryTimeout(VERTX_TIMEOUT.toMillis()));
        // Each client has a socket of its own; closing it ends a question that is still open, on the client's own
        // thread.
        long timer = vertx.setTimer(timeout.toMillis(), late -> client.close());
        client.lookup4(name).onComplete(result -> {
            vertx.cancelTimer(timer);
            client.close();
            answered.complete(result.succeeded() || result.cause() instanceof DnsException);
        });
        return answered;
    }
}
