package cloud.obiente.vpsgateway.hostnet.guard;

/** Which addresses are guarded. */
public enum GuardScope {
    PUBLIC_ONLY,
    /** The addresses of the pool as well, where the NIC is known. */
    PRIVATE_TOO
}
