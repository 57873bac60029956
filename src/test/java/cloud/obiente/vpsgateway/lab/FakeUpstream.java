package cloud.obiente.vpsgateway.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An upstream resolver: knows every name outside {@code silent.example} (A: 192.0.2.80), and says nothing about names in it.
 * What it says may not be kept, but for names in {@code kept.example}.
 * Its owner is the test that closes it.
 */
public final class FakeUpstream implements AutoCloseable {
    /** Of this host, and none of dnsmasq's own. */
    public static final String ADDRESS = "127.0.0.2";

    private static final int HEADER = 12;
    private static final int ANSWER = 16;
    /** Of an answer: the octet of 256 seconds in its time to live. */
    private static final int TTL = 8;

    private final DatagramSocket socket;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    public FakeUpstream() {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(ADDRESS), 53));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread thread = new Thread(this::serve, "fake-upstream");
        thread.setDaemon(true);
        thread.start();
    }

    /** The names that it was asked for, those of {@code silent.example} aside. */
    public List<String> asked() {
        return asked;
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        try {
            while (true) {
                DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                answer(packet);
            }
        } catch (IOException closed) {
            // How this thread ends.
            return;
        }
    }

    private void answer(DatagramPacket question) throws IOException {
        byte[] data = question.getData();
        StringBuilder name = new StringBuilder();
        int at = HEADER;
        while (data[at] != 0) {
            name.append(new String(data, at + 1, data[at], StandardCharsets.US_ASCII))
                    .append('.');
            at += data[at] + 1;
        }
        String wanted = name.toString().toLowerCase(Locale.ROOT);
        if (wanted.endsWith("silent.example.")) {
            return;
        }
        asked.add(wanted);
        int end = at + 5;
        boolean isA = data[at + 2] == 1;
        byte[] answer = new byte[end + (isA ? ANSWER : 0)];
        System.arraycopy(data, 0, answer, 0, end);
        answer[2] = (byte) 0x81;
        answer[3] = (byte) 0x80;
        answer[7] = (byte) (isA ? 1 : 0);
        answer[8] = answer[9] = answer[10] = answer[11] = 0;
        if (isA) {
            byte[] record = {(byte) 0xc0, HEADER, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, (byte) 192, 0, 2, 80};
            record[TTL] = (byte) (wanted.endsWith("kept.example.") ? 1 : 0);
            System.arraycopy(record, 0, answer, end, ANSWER);
        }
        socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
    }

    @Override
    public void close() {
        socket.close();
    }
}
