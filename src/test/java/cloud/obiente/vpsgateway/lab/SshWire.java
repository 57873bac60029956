package cloud.obiente.vpsgateway.lab;

import cloud.obiente.vpsgateway.v1.ProxySSHRequest;
import cloud.obiente.vpsgateway.v1.ProxySSHResponse;
import io.grpc.Status;

/** One ProxySSH call, whatever protocol carries it. Any thread. */
public interface SshWire {
    /** What comes back; called by one thread at a time. */
    interface Events {
        void onMessage(ProxySSHResponse message);

        /** It takes more again. */
        void onReady();

        void onEnd(Status status);
    }

    void send(ProxySSHRequest message);

    /** Whether it takes more without piling it up. */
    boolean isReady();

    /** So many messages more are wanted; over Connect, which counts bytes, from the first call on all of them. */
    void request(int messages);

    void halfClose();

    void cancel();
}
