package cloud.obiente.vpsgateway.ssh;

import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Asks one DNS server, and never the host's resolver. Thread-safe. */
public final class DnsLookup implements NameLookup {
    private static final Duration TIMEOUT = Duration.ofSeconds(2);

    private final Vertx vertx;
    private final Supplier<Optional<Ipv4Address>> server;
    private final int port;

    /** @param server where dnsmasq listens now; empty while it cannot */
    public DnsLookup(Vertx vertx, Supplier<Optional<Ipv4Address>> server, int port) {
        this.vertx = vertx;
        this.server = server;
        this.port = port;
    }

    @Override
    public CompletionStage<Optional<Ipv4Address>> lookUp(String name) {
        CompletableFuture<Optional<Ipv4Address>> answer = new CompletableFuture<>();
        server.get().ifPresentOrElse(host -> ask(host, name, answer), () -> answer.complete(Optional.empty()));
        return answer;
    }

    private void ask(Ipv4Address host, String name, CompletableFuture<Optional<Ipv4Address>> answer) {
        DnsClientOptions options =
                new DnsClientOptions().setHost(host.toString()).setPort(port).setQueryTimeout(TIMEOUT.toMillis());
        DnsClient client = vertx.createDnsClient(options);
        client.resolveA(name).onComplete(result -> {
            // Each client has a socket of its own.
            client.close();
            if (result.succeeded()) {
                answer.complete(result.result().stream().findFirst().map(Ipv4Address::parse));
            } else if (result.cause() instanceof DnsException) {
                answer.complete(Optional.empty());
            } else {
                answer.completeExceptionally(result.cause());
            }
        });
    }
}
