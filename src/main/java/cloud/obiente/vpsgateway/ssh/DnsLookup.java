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
    /** Vert.x' own timeout fails a question that has just been answered once more, and logs that it cannot. */
    private static final Duration VERTX_TIMEOUT = Duration.ofDays(1);

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
        DnsClient client = vertx.createDnsClient(new DnsClientOptions()
                .setHost(host.toString())
                .setPort(port)
                .setQueryTimeout(VERTX_TIMEOUT.toMillis()));
        // Each client has a socket of its own; closing it ends a question that is still open, on the client's own
        // thread.
        long timer = vertx.setTimer(TIMEOUT.toMillis(), late -> client.close());
        client.resolveA(name).onComplete(result -> {
            vertx.cancelTimer(timer);
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
