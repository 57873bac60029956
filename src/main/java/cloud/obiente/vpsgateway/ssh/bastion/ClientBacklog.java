package cloud.obiente.vpsgateway.ssh.bastion;

import cloud.obiente.vpsgateway.ssh.BufferedBytes;

/**
 * How much waits to be written to one client. While its stream lives, that counts what it holds for its caller; what is left
 * when it ends is counted here, until the client has taken it or is gone. Lives on the event loop of the channel.
 */
final class ClientBacklog {
    private final BufferedBytes held;
    private int bytes;
    private int counted;
    private boolean clientGone;

    ClientBacklog(BufferedBytes held) {
        this.held = held;
    }

    void add(int more) {
        bytes += more;
    }

    /** They have left, or never will. */
    void written(int fewer) {
        bytes -= fewer;
        count(Math.min(counted, bytes));
    }

    int bytes() {
        return bytes;
    }

    void streamEnded() {
        if (!clientGone) {
            count(bytes);
        }
    }

    /** Whatever still waits is dropped. */
    void clientGone() {
        clientGone = true;
        count(0);
    }

    private void count(int now) {
        held.add(now - counted);
        counted = now;
    }
}
