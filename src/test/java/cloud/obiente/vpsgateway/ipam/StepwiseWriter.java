package cloud.obiente.vpsgateway.ipam;

import java.util.concurrent.ThreadFactory;

/**
 * The writer of an {@link Ipam} without a thread of its own: it decides when it is told to, on the thread that tells it. So
 * that whole sequences of commands have one order, and cost no changes of threads.
 */
public final class StepwiseWriter implements ThreadFactory {
    private IpamWriter writer;

    @Override
    public Thread newThread(Runnable work) {
        writer = (IpamWriter) work;
        return new Thread(work) {
            @Override
            public synchronized void start() {
                // The work is done step by step.
            }
        };
    }

    /**
     * Decides what waits, and what is asked for upon the answers, until nothing waits.
     *
     * @return whether anything has waited
     */
    public boolean settle() {
        boolean any = false;
        while (writer.processWaiting()) {
            any = true;
        }
        return any;
    }
}
