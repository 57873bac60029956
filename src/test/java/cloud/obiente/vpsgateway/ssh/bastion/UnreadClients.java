package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.lab.Command;
import cloud.obiente.vpsgateway.ssh.bastion.RawSshClient.Connected;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.sshd.common.SshConstants;

/**
 * Clients of the bastion that have logged in, ask, and do not read the answers. The kernel keeps little for their
 * connections, as it does for those of the internet that are slow: otherwise it would take megabytes of answers for each
 * before any waits in the gateway. One thread at a time.
 */
public final class UnreadClients implements AutoCloseable {
    private static final int CLIENTS_OF_ADDRESS = 50;
    /** Of one client, written and not yet taken by this machine's kernel. */
    private static final int MAX_UNSENT = 8;

    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(2);
    private static final String SMALL = "4096 4096 8192";

    private final RawSshClient ssh;
    private final String sentByDefault = buffers("tcp_wmem");
    private final String receivedByDefault = buffers("tcp_rmem");
    private final List<Connected> clients = new ArrayList<>();

    public UnreadClients(RawSshClient ssh) {
        this.ssh = ssh;
    }

    private static String buffers(String name) {
        return Command.run(List.of("sysctl", "-n", "net.ipv4." + name)).strip();
    }

    private static void set(String name, String value) {
        Command.run(List.of("sysctl", "-q", "-w", "net.ipv4." + name + "=" + value));
    }

    /** From addresses of the loopback device. */
    public UnreadClients logIn(int port, int count) throws IOException {
        set("tcp_wmem", SMALL);
        set("tcp_rmem", SMALL);
        for (int i = 0; i < count; i++) {
            clients.add(ssh.logIn(port, "127.0.6." + (1 + i / CLIENTS_OF_ADDRESS)));
        }
        return this;
    }

    /** How many the gateway has not ended. */
    public long open() {
        return clients.stream().filter(Connected::isOpen).count();
    }

    /**
     * All ask until nothing is taken any more; then other connections have the kernel's usual buffers again.
     *
     * @return how many requests were sent
     */
    public int askUntilHeld() {
        clients.forEach(Connected::stopReading);
        List<AtomicInteger> unsent =
                clients.stream().map(client -> new AtomicInteger()).toList();
        int sent = 0;
        long progress = System.nanoTime();
        while (System.nanoTime() - progress < QUIET_NANOS) {
            int before = sent;
            for (int i = 0; i < clients.size(); i++) {
                sent += ask(clients.get(i), unsent.get(i));
            }
            if (sent > before) {
                progress = System.nanoTime();
            } else {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
        usualBuffers();
        return sent;
    }

    private static int ask(Connected client, AtomicInteger unsent) {
        int sent = 0;
        try {
            while (unsent.get() < MAX_UNSENT && client.isOpen()) {
                unsent.incrementAndGet();
                client.send(SshConstants.SSH_MSG_GLOBAL_REQUEST, packet -> {
                            packet.putString("keepalive@openssh.com");
                            packet.putBoolean(true);
                        })
                        .addListener(taken -> unsent.decrementAndGet());
                sent++;
            }
        } catch (IOException closed) {
            // By the gateway, after some time: open() tells how many were.
            return sent;
        }
        return sent;
    }

    private void usualBuffers() {
        set("tcp_wmem", sentByDefault);
        set("tcp_rmem", receivedByDefault);
    }

    @Override
    public void close() {
        usualBuffers();
    }
}
