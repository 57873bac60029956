package cloud.obiente.vpsgateway.bench;

import cloud.obiente.vpsgateway.lab.ProxyClient;
import cloud.obiente.vpsgateway.lab.SshWire;
import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A ProxySSH stream with one connection. */
final class StreamPipe implements Pipe, SshWire.Events {
    /** Messages of 64 KiB, so that a stream's window is always asked for. */
    private static final int MESSAGES_AHEAD = 64;

    private final Thread owner = Thread.currentThread();
    private final AtomicLong received = new AtomicLong();
    private final Semaphore ready = new Semaphore(0);
    private final CompletableFuture<String> connected = new CompletableFuture<>();
    private final CompletableFuture<SshWire> opened = new CompletableFuture<>();
    private final SshWire wire;
    private volatile boolean ended;

    StreamPipe(ProxyClient client, int port) {
        wire = client.open(this);
        opened.complete(wire);
        wire.request(MESSAGES_AHEAD);
        wire.send(ProxySSHRequest.newBuilder()
                .setConnectionId("a")
                .setType("connect")
                .setTarget("127.0.0.1")
                .setPort(port)
                .build());
        String answer = connected.join();
        if (!answer.equals("connected")) {
            throw new AssertionError(answer);
        }
    }

    @Override
    public void onMessage(ProxySSHResponse message) {
        if (message.getType().equals("data")) {
            received.addAndGet(message.getData().size());
            LockSupport.unpark(owner);
        } else {
            connected.complete(message.getType() + message.getError());
        }
        opened.join().request(1);
    }

    @Override
    public void onReady() {
        ready.release();
    }

    @Override
    public void onEnd(Status status) {
        connected.complete(status.toString());
        ended = true;
        LockSupport.unpark(owner);
    }

    @Override
    public void send(byte[] bytes) {
        while (!wire.isReady()) {
            ready.acquireUninterruptibly();
        }
        wire.send(ProxySSHRequest.newBuilder()
                .setConnectionId("a")
                .setType("data")
                .setData(UnsafeByteOperations.unsafeWrap(bytes))
                .build());
    }

    @Override
    public void finish() {
        wire.halfClose();
    }

    @Override
    public void awaitReceived(long bytes) throws IOException {
        while (received.get() < bytes) {
            if (ended) {
                throw new IOException("ended after " + received + " bytes");
            }
            LockSupport.park(this);
        }
    }

    @Override
    public void close() {
        wire.cancel();
    }
}
