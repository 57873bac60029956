package cloud.obiente.vpsgateway.attack.port;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * UnauthenticatedCallLimit at addresses of their own: as many as a network of /24 has, so that one that has to wait is followed by another.
 * They come over this host's loopback device, hence sooner and faster than over any other.
 */
public final class Attackers implements AutoCloseable {
    /** TEST-NET-3 (RFC 5737), for the port of calls. */
    private static final String UNAUTHENTICATED = "203.0.113.";

    /** A private network, from which the management port can be reached. */
    private static final String NEIGHBOURS = "10.99.0.";

    private static final int ADDRESSES = 250;
    private static final int THREADS = 8;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger opened = new AtomicInteger();
    private final int mostHeld;

    /**
     * @param mostHeld connections at once of attacks that hold what they open
     */
    public Attackers(int mostHeld) {
        this.mostHeld = mostHeld;
        for (String network : List.of(UNAUTHENTICATED, NEIGHBOURS)) {
            Command.attempt(List.of("ip", "addr", "add", network + "0/24", "dev", "lo"));
        }
    }

    /** Each kind of attack. */
    public static Stream<PortAttack> all() {
        return Stream.concat(CallAttacks.all(), Http2Attacks.all());
    }

    /** Attacks for so long, on every thread, and leaves nothing. */
    public void attack(PortAttack kind, long millis) {
        long end = System.nanoTime() + millis * 1_000_000;
        List<CompletableFuture<Void>> all = IntStream.range(0, THREADS)
                .mapToObj(i -> Background.run("attacker-" + i, () -> attackUntil(kind, end)))
                .toList();
        all.forEach(CompletableFuture::join);
    }

    /** How many connections they have made. */
    public int opened() {
        return opened.get();
    }

    private void attackUntil(PortAttack kind, long end) {
        List<UnauthenticatedConnection> held = new ArrayList<>();
        while (System.nanoTime() < end) {
            try {
                UnauthenticatedConnection connection = connect(kind);
                held.add(connection);
                kind.opening().on(connection);
                if (kind.patience() == PortAttack.AwaitTimeouts.HOLDS) {
                    if (held.size() >= mostHeld / THREADS) {
                        held.remove(0).close();
                    }
                    continue;
                }
                while (System.nanoTime() < end) {
                    kind.round().on(connection);
                }
            } catch (IOException closed) {
                if (kind.patience() == PortAttack.AwaitTimeouts.BUSY) {
                    held.forEach(Attackers::close);
                    held.clear();
                }
            }
        }
        held.forEach(Attackers::close);
    }

    private UnauthenticatedConnection connect(PortAttack kind) throws IOException {
        boolean calls = kind.target() == PortAttack.Target.CALLS;
        InetAddress from = address((calls ? UNAUTHENTICATED : NEIGHBOURS) + (1 + next.getAndIncrement() % ADDRESSES));
        int port = calls ? GatewayProcess.GRPC_PORT : GatewayProcess.METRICS_PORT;
        UnauthenticatedConnection connection =
                new UnauthenticatedConnection(from, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        opened.incrementAndGet();
        return connection;
    }

    private static void close(UnauthenticatedConnection connection) {
        try {
            connection.close();
        } catch (IOException alreadyClosed) {
            // As it is meant to be.
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException addressesNeedNoNameServer) {
            throw new UncheckedIOException(addressesNeedNoNameServer);
        }
    }

    @Override
    public void close() {
        for (String network : List.of(UNAUTHENTICATED, NEIGHBOURS)) {
            Command.attempt(List.of("ip", "addr", "del", network + "0/24", "dev", "lo"));
        }
    }
}
