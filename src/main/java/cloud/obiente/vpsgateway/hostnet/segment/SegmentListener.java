package cloud.obiente.vpsgateway.hostnet.segment;

/** Told of what was found, once each time that it begins, on any thread; must be quick. */
public interface SegmentListener {
    void found(Finding finding);

    /** What was found; the label of a metric. */
    enum Finding {
        /** Somebody answers for an address that is not his. */
        ADDRESS,
        /** A DHCP server that is not ours offers addresses. */
        DHCP_SERVER,
        /** Another gateway says that it chooses from addresses that this one chooses from. */
        GATEWAY
    }
}
