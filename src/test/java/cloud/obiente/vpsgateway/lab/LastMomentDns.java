package cloud.obiente.vpsgateway.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A DNS server on loopback that knows no name, and says so when whoever has asked is about to give up. */
public final class LastMomentDns implements AutoCloseable {
    private static final int MAX_BYTES = 512;
    private static final int FLAGS = 2;
    /** A response, to be recursive or not as asked for; no such name (RFC 1035 section 4.1.1). */
    private static final int RESPONSE = 0x80;

    private static final int NXDOMAIN = 3;

    private final DatagramSocket socket;
    private final Duration patience;
    private final Duration spread;
    private final int port;
    private final CompletableFuture<Void> served;
    private final Random random = Seed.random(LastMomentDns.class);
    private final ScheduledExecutorService answers = Executors.newScheduledThreadPool(1);

    /**
     * @param patience of those who ask
     * @param spread answers come that much before or after it, at most
     */
    public LastMomentDns(Duration patience, Duration spread) throws IOException {
        this.socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        this.patience = patience;
        this.spread = spread;
        this.port = socket.getLocalPort();
        this.served = Background.run("last-moment-dns", this::serve);
    }

    public int port() {
        return port;
    }

    private void serve() {
        try {
            while (true) {
                DatagramPacket question = new DatagramPacket(new byte[MAX_BYTES], MAX_BYTES);
                socket.receive(question);
                long offset = random.nextLong(2 * spread.toNanos()) - spread.toNanos();
                ScheduledFuture<?> unused =
                        answers.schedule(() -> answer(question), patience.toNanos() + offset, TimeUnit.NANOSECONDS);
            }
        } catch (IOException closed) {
            answers.shutdownNow();
        }
    }

    private void answer(DatagramPacket question) {
        question.getData()[FLAGS] |= (byte) RESPONSE;
        question.getData()[FLAGS + 1] = NXDOMAIN;
        try {
            socket.send(question);
        } catch (IOException e) {
            // Nobody asks any more.
            answers.shutdownNow();
        }
    }

    @Override
    public void close() {
        socket.close();
        served.join();
    }
}
