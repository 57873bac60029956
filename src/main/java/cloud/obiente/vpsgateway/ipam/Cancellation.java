package cloud.obiente.vpsgateway.ipam;

/** Tells whether the caller of a command has gone. Asked once, on the writer thread, when the command's turn has come. */
@FunctionalInterface
public interface Cancellation {
    /** The caller waits however long it takes. */
    Cancellation NONE = () -> false;

    boolean isCancelled();
}
