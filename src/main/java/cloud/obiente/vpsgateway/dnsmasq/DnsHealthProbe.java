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
        DnsClient client = vertx.createDnsClient(
                new DnsClientOptions().setHost(server.toString()).setPort(port).setQueryTimeout(timeout.toMillis()));
        client.lookup4(name).onComplete(result -> {
            // Each client has a socket of its own.
            client.close();
            answered.complete(result.succeeded() || result.cause() instanceof DnsException);
        });
        return answered;
    }
}
