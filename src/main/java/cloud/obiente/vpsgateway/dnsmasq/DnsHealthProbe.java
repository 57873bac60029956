package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Asks the child a question that it answers from its own files, to see that it is alive. Thread-safe. */
public final class DnsHealthProbe {
    /** Vert.x' own timeout fails a question that has just been answered once more, and logs that it cannot. */
    private static final Duration VERTX_TIMEOUT = Duration.ofDays(1);

    private static final int RECURSION_DESIRED = 0x0100;
    private static final int TYPE_A = 1;
    private static final int CLASS_INTERNET = 1;

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

    /** The same over TCP, where a flood of questions over UDP does not stand in front of ours. */
    CompletionStage<Boolean> answersOverTcp(Ipv4Address server, int port, Duration patience) {
        CompletableFuture<Boolean> answered = new CompletableFuture<>();
        NetClient client = vertx.createNetClient(new NetClientOptions().setConnectTimeout((int) patience.toMillis()));
        client.connect(port, server.toString())
                .onSuccess(connection -> {
                    connection.handler(answer -> answered.complete(true));
                    connection.closeHandler(closed -> answered.complete(false));
                    connection.write(question()).onFailure(broken -> answered.complete(false));
                })
                .onFailure(refused -> answered.complete(false));
        return answered.completeOnTimeout(false, patience.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((value, never) -> client.close());
    }

    /** RFC 1035, 4.1 and 4.2.2; the id does not matter where there is one question on a connection. */
    private Buffer question() {
        Buffer message = Buffer.buffer();
        message.appendUnsignedShort(1).appendUnsignedShort(RECURSION_DESIRED);
        message.appendUnsignedShort(1)
                .appendUnsignedShort(0)
                .appendUnsignedShort(0)
                .appendUnsignedShort(0);
        for (String label : name.split("\\.", -1)) {
            message.appendUnsignedByte((short) label.length()).appendBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        message.appendUnsignedByte((short) 0).appendUnsignedShort(TYPE_A).appendUnsignedShort(CLASS_INTERNET);
        return Buffer.buffer().appendUnsignedShort(message.length()).appendBuffer(message);
    }
}
