package cloud.obiente.vpsgateway.it;

import cloud.obiente.vpsgateway.lab.Background;
import cloud.obiente.vpsgateway.lab.GatewayProcess;
import cloud.obiente.vpsgateway.lab.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Asks DNS all the time, and the gateway whether it is ready: for how long did it say so while nobody was answered? Owns the
 * thread that asks, which {@link #close} ends.
 */
final class ClientExperience implements AutoCloseable {
    private static final int ANSWER_TIMEOUT_MILLIS = 100;
    private static final int QUESTION_A_AND_IN = 0x00010001;

    private final GatewayProcess gateway;
    private final List<String> lies = new CopyOnWriteArrayList<>();
    private final Duration tolerated;
    private final CompletableFuture<Void> asking;
    private volatile boolean closed;

    private ClientExperience(GatewayProcess gateway, Duration tolerated) {
        this.gateway = gateway;
        this.tolerated = tolerated;
        this.asking = Background.run("client's experience", this::ask);
    }

    /** @param tolerated for how long ready may be said without an answer */
    static ClientExperience of(GatewayProcess gateway, Duration tolerated) {
        return new ClientExperience(gateway, tolerated);
    }

    /** What was said wrongly. */
    List<String> lies() {
        return new ArrayList<>(lies);
    }

    private void ask() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(ANSWER_TIMEOUT_MILLIS);
            socket.connect(InetAddress.getByAddress(Lab.GATEWAY.octets()), 53);
            long lastAnswer = System.nanoTime();
            for (int id = 1; !closed; id++) {
                // Asked before the question: what was true then may have changed since.
                boolean ready = gateway.isReady();
                if (answered(socket, id)) {
                    lastAnswer = System.nanoTime();
                    continue;
                }
                Duration unanswered = Duration.ofNanos(System.nanoTime() - lastAnswer);
                if (ready && unanswered.compareTo(tolerated) > 0) {
                    lies.add("ready, but without an answer for " + unanswered);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean answered(DatagramSocket socket, int id) throws IOException {
        byte[] question = question(id);
        try {
            socket.send(new DatagramPacket(question, question.length));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            do {
                socket.receive(answer);
            } while (ByteBuffer.wrap(answer.getData()).getShort() != (short) id);
            return true;
        } catch (SocketTimeoutException | PortUnreachableException nobody) {
            return false;
        }
    }

    private static byte[] question(int id) {
        ByteBuffer message = ByteBuffer.allocate(64);
        message.putShort((short) id).putShort((short) 0x0100).putShort((short) 1);
        message.putShort((short) 0).putInt(0);
        for (String label : List.of("experience", "vps", "local")) {
            message.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
        }
        message.put((byte) 0).putInt(QUESTION_A_AND_IN);
        byte[] octets = new byte[message.position()];
        message.flip().get(octets);
        return octets;
    }

    @Override
    public void close() {
        closed = true;
        asking.join();
    }
}
