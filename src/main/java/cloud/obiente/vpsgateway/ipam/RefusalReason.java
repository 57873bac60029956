package cloud.obiente.vpsgateway.ipam;

/** Why a command was refused. */
public enum RefusalReason {
    /** Nothing is there to release. */
    NOT_FOUND,
    /** Another VPS holds the address. */
    ADDRESS_TAKEN,
    /** Another VPS's private address is bound to the MAC. */
    MAC_TAKEN,
    /** Every address of the pool is held. */
    POOL_EXHAUSTED,
    /** The address is not in the pool's range. */
    OUTSIDE_POOL,
    /** The address is in the pool's range but is never handed out. */
    ADDRESS_RESERVED,
    /** The address cannot be a public one: of the pool, of the gateway's network, or of no host at all. */
    NOT_PUBLIC,
    /** What was to be taken back has been changed by another command meanwhile. */
    CONFLICT,
    /** The kernel does not enforce it, so it was taken back. */
    NOT_ENFORCED,
    /** The caller had gone before its turn came; nothing was done. */
    ABANDONED,
    /** Too many commands are waiting; nothing was done. */
    OVERLOADED,
    /** The gateway is stopping; nothing was done. */
    STOPPING,
    /** The change could not be made durable and was taken back. */
    STORE_UNAVAILABLE
}
