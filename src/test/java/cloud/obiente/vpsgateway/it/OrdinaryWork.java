package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.lab.GatewayClient;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import cloud.obiente.vpsgateway.v1.ListIPsRequest;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * What a gateway is for, without a pause: DNS questions at 50 a second, calls of an API at 10 a second (now and then on a new
 * connection), liveness probes at 4 a second, and copies through the bastion one after the other.
 */
public final class OrdinaryWork implements AutoCloseable {
    private static final int DNS_PER_SECOND = 50;
    private static final int CALLS_PER_SECOND = 10;
    private static final int PROBES_PER_SECOND = 4;
    private static final int DNS_PORT = 53;
    private static final int DNS_TRIES = 2;
    private static final int CALLS_PER_CONNECTION = 20;
    private static final Duration COPYING = Duration.ofMinutes(3);

    private final Duration patience;
    private final List<CompletableFuture<Void>> threads = new ArrayList<>();
    private volatile boolean stopped;

    public final Tally dns = new Tally();
    public final Tally calls = new Tally();
    public final Tally probes = new Tally();
    public final Tally copies = new Tally();

    /** How many were asked for, how many answered in time, and how long those took. Any thread. */
    public static final class Tally {
        private final AtomicInteger asked = new AtomicInteger();
        private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
        /** Why not, and how often. */
        private final Map<String, Integer> failures = new ConcurrentHashMap<>();

        private void add(Optional<String> failure, long nanos) {
            asked.incrementAndGet();
            failure.ifPresentOrElse(why -> failures.merge(why, 1, Integer::sum), () -> millis.add(nanos / 1e6));
        }

        public int asked() {
            return asked.get();
        }

        public int answered() {
            return millis.size();
        }

        public double share() {
            return asked() == 0 ? 1 : (double) answered() / asked();
        }

        /** How long answers took, in milliseconds. */
        public double[] millis() {
            return millis.stream().mapToDouble(Double::doubleValue).toArray();
        }

        @Override
        public String toString() {
            return answered() + " of " + asked() + (failures.isEmpty() ? "" : " " + failures);
        }
    }

    /** @param patience how long an answer may take */
    public OrdinaryWork(Duration patience) {
        this.patience = patience;
    }

    /** Begins with all but the copies. */
    public OrdinaryWork start() {
        repeat("dns", DNS_PER_SECOND, dns, this::askDns);
        ApiCalls api = new ApiCalls();
        repeat("api", CALLS_PER_SECOND, calls, api::call);
        repeat("probe", PROBES_PER_SECOND, probes, this::probe);
        return this;
    }

    /** Begins with the copies. */
    OrdinaryWork copy(List<String> scp) {
        threads.add(Background.run("scp", () -> {
            while (!stopped) {
                long began = System.nanoTime();
                Optional<String> failure = Optional.empty();
                try {
                    Command.run(scp, COPYING);
                } catch (RuntimeException | AssertionError failed) {
                    failure = Optional.of(failed.toString());
                }
                copies.add(failure, System.nanoTime() - began);
            }
        }));
        return this;
    }

    private interface Asking {
        /** @return why there was no answer */
        Optional<String> ask();
    }

    private void repeat(String name, int perSecond, Tally tally, Asking asking) {
        long pause = TimeUnit.SECONDS.toNanos(1) / perSecond;
        threads.add(Background.run("work-" + name, () -> {
            long next = System.nanoTime();
            while (!stopped) {
                long began = System.nanoTime();
                Optional<String> failure = asking.ask();
                tally.add(failure, System.nanoTime() - began);
                next = Math.max(next + pause, System.nanoTime() - pause);
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }));
    }

    private Optional<String> askDns() {
        byte[] question =
                "\0\1\1\0\0\1\0\0\0\0\0\0\15gateway-probe\3vps\5local\0\0\1\0\1".getBytes(StandardCharsets.ISO_8859_1);
        String failure = "";
        for (int tries = 0; tries < DNS_TRIES; tries++) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.setSoTimeout((int) patience.toMillis() / DNS_TRIES);
                socket.send(new DatagramPacket(
                        question,
                        question.length,
                        new InetSocketAddress(InetAddress.getByAddress(Lab.GATEWAY.octets()), DNS_PORT)));
                socket.receive(new DatagramPacket(new byte[512], 512));
                return Optional.empty();
            } catch (IOException silence) {
                // A datagram may be lost: once more, as resolvers do.
                failure = silence.toString();
            }
        }
        return Optional.of(failure);
    }

    private Optional<String> probe() {
        try {
            HttpURLConnection probe =
                    (HttpURLConnection) URI.create("http://127.0.0.1:" + GatewayProcess.METRICS_PORT + "/health/live")
                            .toURL()
                            .openConnection();
            probe.setConnectTimeout((int) patience.toMillis());
            probe.setReadTimeout((int) patience.toMillis());
            // As kubelet and curl do.
            probe.setRequestProperty("Connection", "close");
            try {
                int status = probe.getResponseCode();
                return status == 200 ? Optional.empty() : Optional.of("HTTP status " + status);
            } finally {
                probe.disconnect();
            }
        } catch (IOException failed) {
            return Optional.of(failed.toString());
        }
    }

    /** One connection for some calls, then another. */
    private final class ApiCalls {
        private GatewayClient client = GatewayClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
        private int made;

        private Optional<String> call() {
            if (++made % CALLS_PER_CONNECTION == 0) {
                client.close();
                client = GatewayClient.connect(GatewayProcess.GRPC_PORT, GatewayProcess.SECRET);
            }
            try {
                client.calls()
                        .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
                        .listIPs(ListIPsRequest.getDefaultInstance());
                return Optional.empty();
            } catch (StatusRuntimeException failed) {
                client.retryConnection();
                return Optional.of(failed.getStatus().getCode() + " "
                        + Optional.ofNullable(failed.getStatus().getCause()).orElse(failed));
            }
        }
    }

    /** Waits for what is under way. */
    @Override
    public void close() {
        stopped = true;
        threads.forEach(CompletableFuture::join);
    }
}
