package cloud.obiente.vpsgateway.ipam;

/** Why a command was refused. */
public enum Reason {
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
    /** The caller had gone before its turn came; nothing was done. */
    ABANDONED,
    /** Too many commands are waiting; nothing was done. */
    OVERLOADED,
    /** The gateway is stopping; nothing was done. */
    STOPPING,
    /** The change could not be made durable and was taken back. */
    STORE_UNAVAILABLE
}
