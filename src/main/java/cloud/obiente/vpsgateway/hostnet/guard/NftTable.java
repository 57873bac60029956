package cloud.obiente.vpsgateway.hostnet.guard;

/** Our nftables tables; each sees packets on another way through the kernel (nft(8), "address families"). */
enum NftTable {
    /** IP packets that this host receives or forwards. */
    INET("inet vps_gateway"),
    /** ARP that this host's own stack is about to believe. */
    ARP("arp vps_gateway"),
    /** Frames as they come into a bridge, which the other two never see when they are only passed on. */
    BRIDGE("bridge vps_gateway"),
    /**
     * The same frames once more, as they leave the bridge for a place where nothing of ours stands: whatever is done to
     * one of the two, the other is whole.
     */
    BRIDGE_SPARE("bridge vps_gateway_spare");

    private final String text;

    NftTable(String text) {
        this.text = text;
    }

    /** As nft commands name it: family and name. */
    String text() {
        return text;
    }
}
