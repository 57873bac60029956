package cloud.obiente.vpsgateway.hostnet.guard;

/** The nftables families that hold a table of ours; each sees packets on another way through the kernel (nft(8)). */
enum Family {
    /** IP packets that this host receives or forwards. */
    INET,
    /** ARP that this host's own stack is about to believe. */
    ARP,
    /** Frames on their way through the bridge, which the other two never see. */
    BRIDGE;

    static final String TABLE = "vps_gateway";

    /** The table as nft commands name it. */
    String table() {
        return name().toLowerCase(java.util.Locale.ROOT) + " " + TABLE;
    }
}
