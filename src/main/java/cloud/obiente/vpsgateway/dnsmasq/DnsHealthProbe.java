package cloud.obiente.vpsgateway.dnsmasq;

import cloud.obiente.vpsgateway.net.DomainName;
import cloud.obiente.vpsgateway.net.Ipv4Address;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks the child a question that it answers from its own files, to see that it is alive. Thread-safe. */
public final class DnsHealthProbe {
    /** Vert.x' own timeout fails a question that has just been answered once more, and logs that it cannot. */
    private static final Duration VERTX_TIMEOUT = Duration.ofDays(1);

    private static final int RECURSION_DESIRED = 0x0100;
    private static final int TYPE_A = 1;
    private static final int TYPE_TXT = 16;
    private static final int CLASS_INTERNET = 1;
    private static final int CLASS_CHAOS = 3;
    /** dnsmasq(8), CACHE SIZE. */
    private static final String EVICTIONS = "evictions.bind";

    private static final Pattern LAST_NUMBER = Pattern.compile("([0-9]{1,18})$");

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

    /**
     * Asks how many names the child has dropped from its cache before their time, since it was started.
     *
     * @return completes, never exceptionally; empty when that cannot be heard
     */
    CompletionStage<OptionalLong> evictions(Ipv4Address server, int port, Duration timeout) {
        CompletableFuture<OptionalLong> answered = new CompletableFuture<>();
        DatagramSocket socket = vertx.createDatagramSocket();
        socket.handler(packet -> answered.complete(numberIn(packet.data())));
        socket.exceptionHandler(broken -> answered.complete(OptionalLong.empty()));
        socket.send(message(EVICTIONS, TYPE_TXT, CLASS_CHAOS), port, server.toString())
                .onFailure(unsent -> answered.complete(OptionalLong.empty()));
        return answered.completeOnTimeout(OptionalLong.empty(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((value, never) -> socket.close());
    }

    /** The answer ends with its only text (RFC 1035, 3.3.14). */
    private static OptionalLong numberIn(Buffer answer) {
        Matcher number = LAST_NUMBER.matcher(answer.toString(StandardCharsets.ISO_8859_1));
        return number.find() ? OptionalLong.of(Long.parseLong(number.group(1))) : OptionalLong.empty();
    }

    /** RFC 1035, 4.2.2. */
    private Buffer question() {
        Buffer message = message(name, TYPE_A, CLASS_INTERNET);
        return Buffer.buffer().appendUnsignedShort(message.length()).appendBuffer(message);
    }

    /** RFC 1035, 4.1; the id does not matter where there is one question on a connection, or of a socket. */
    private static Buffer message(String name, int type, int dnsClass) {
        Buffer message = Buffer.buffer();
        message.appendUnsignedShort(1).appendUnsignedShort(RECURSION_DESIRED);
        message.appendUnsignedShort(1)
                .appendUnsignedShort(0)
                .appendUnsignedShort(0)
                .appendUnsignedShort(0);
        for (String label : name.split("\\.", -1)) {
            message.appendUnsignedByte((short) label.length()).appendBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        return message.appendUnsignedByte((short) 0).appendUnsignedShort(type).appendUnsignedShort(dnsClass);
    }
}
