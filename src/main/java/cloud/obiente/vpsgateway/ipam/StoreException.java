package cloud.obiente.vpsgateway.ipam;

/** The store cannot be read or written. The message names the file and says what to do. */
public final class StoreException extends RuntimeException {
    public StoreException(String message, Throwable cause) {
        super(message, cause);
    }

    public StoreException(String message) {
        super(message);
    }
}
