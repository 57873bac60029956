package cloud.obiente.vpsgateway.connections;

/** Hears of what addresses without the secret do; called under a lock, must be short and thread-safe. */
public interface PeerListener {

    /** A call did not present the secret. */
    void failed(Failure failure);

    /** An address has to wait. */
    void banned();

    /** What was wrong. */
    enum Failure {
        MISSING("it did not present x-api-secret"),
        WRONG("it presented a wrong x-api-secret");

        private final String description;

        Failure(String description) {
            this.description = description;
        }

        String description() {
            return description;
        }
    }
}
