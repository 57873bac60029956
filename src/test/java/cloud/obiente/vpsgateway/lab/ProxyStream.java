package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import com.google.protobuf.ByteString;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One ProxySSH stream as a test drives it: what is sent, and what has come back. For one thread each way. */
public final class ProxyStream {
    /** Whether answers are taken as they come. */
    enum Reading {
        AT_ONCE,
        WHEN_TOLD
    }

    private static final int TIMEOUT_SECONDS = 60;

    private final SshWire wire;
    private final BlockingQueue<ProxySSHResponse> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final Semaphore readyAgain = new Semaphore(0);
    private final CompletableFuture<SshWire> opened = new CompletableFuture<>();

    ProxyStream(Function<SshWire.Events, SshWire> opener, Reading reading) {
        this.wire = opener.apply(new SshWire.Events() {
            @Override
            public void onMessage(ProxySSHResponse message) {
                received.add(message);
                if (reading == Reading.AT_ONCE) {
                    opened.join().request(1);
                }
            }

            @Override
            public void onReady() {
                readyAgain.release();
            }

            @Override
            public void onEnd(Status status) {
                end.complete(status);
            }
        });
        opened.complete(wire);
        if (reading == Reading.AT_ONCE) {
            wire.request(1);
        }
    }

    public ProxyStream connect(String id, int port) {
        return connect(id, "127.0.0.1", port, "");
    }

    public ProxyStream connect(String id, String target, int port, String key) {
        wire.send(ProxySSHRequest.newBuilder()
                .setConnectionId(id)
                .setType("connect")
                .setTarget(target)
                .setPort(port)
                .setSshPublicKey(key)
                .build());
        return this;
    }

    public ProxyStream data(String id, byte[] bytes) {
        wire.send(ProxySSHRequest.newBuilder()
                .setConnectionId(id)
                .setType("data")
                .setData(ByteString.copyFrom(bytes))
                .build());
        return this;
    }

    public ProxyStream data(String id, String text) {
        return data(id, text.getBytes(StandardCharsets.UTF_8));
    }

    public ProxyStream close(String id) {
        return say(id, "close");
    }

    public ProxyStream say(String id, String type) {
        wire.send(ProxySSHRequest.newBuilder().setConnectionId(id).setType(type).build());
        return this;
    }

    public void halfClose() {
        wire.halfClose();
    }

    public void cancel() {
        wire.cancel();
    }

    public void read(int messages) {
        wire.request(messages);
    }

    /**
     * Sends as fast as the transport takes it, until it has taken nothing for a second.
     *
     * @return bytes sent
     */
    public long sendUntilStopped(String id, byte[] piece, long atMost) {
        long sent = 0;
        while (sent < atMost && awaitReady()) {
            data(id, piece);
            sent += piece.length;
        }
        return sent;
    }

    /** Sends all, as fast as the transport takes it. May be another thread than the one that reads. */
    public void sendAll(String id, byte[] bytes, int pieceBytes) {
        for (int from = 0; from < bytes.length && !hasEnded(); from += pieceBytes) {
            while (!awaitReady() && !hasEnded()) {}
            data(id, Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + pieceBytes)));
        }
    }

    private boolean awaitReady() {
        try {
            while (!wire.isReady()) {
                if (!readyAgain.tryAcquire(1, TimeUnit.SECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** The next message, as text such as {@code a data hello} or {@code a error no route}. */
    public String next() {
        ProxySSHResponse message = nextMessage();
        String rest = message.getError() + message.getData().toStringUtf8();
        return (message.getConnectionId() + " " + message.getType() + " " + rest).strip();
    }

    public ProxySSHResponse nextMessage() {
        try {
            ProxySSHResponse message = received.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (message == null) {
                throw new AssertionError("no message; the stream's end: " + end.getNow(null));
            }
            return message;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** Data of one connection until so many bytes have come. */
    public byte[] bytes(String id, int count) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (all.size() < count) {
            ProxySSHResponse message = nextMessage();
            if (!message.getConnectionId().equals(id) || !message.getType().equals("data")) {
                throw new AssertionError("after " + all.size() + " bytes: " + message);
            }
            all.writeBytes(message.getData().toByteArray());
        }
        return all.toByteArray();
    }

    /** Data of one connection until all of these bytes have come, and no others. */
    public void awaitBytes(String id, byte[] expected) {
        int got = 0;
        while (got < expected.length) {
            ProxySSHResponse message = nextMessage();
            byte[] piece = message.getData().toByteArray();
            if (!message.getConnectionId().equals(id)
                    || !message.getType().equals("data")
                    || got + piece.length > expected.length
                    || !Arrays.equals(piece, 0, piece.length, expected, got, got + piece.length)) {
                throw new AssertionError("after " + got + " bytes: " + message.getType() + " of " + piece.length
                        + " bytes " + message.getError());
            }
            got += piece.length;
        }
    }

    public boolean hasMessages() {
        return !received.isEmpty();
    }

    public boolean hasEnded() {
        return end.isDone();
    }

    public Status end() {
        return end.orTimeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    }
}
