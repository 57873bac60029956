package cloud.obiente.vpsgateway.apilink;

/** What becomes of a MAC without a reservation whose VPS the API knows. */
public enum UnknownClients {
    /** A VPS that has an address here gets it; any other is left alone, for it may be another gateway's. */
    RESOLVE,
    /** A VPS that has no address here gets one: for networks with a single gateway. */
    ADOPT,
    /** The same, and dnsmasq lends an address to every MAC meanwhile. */
    SERVE;

    /** Whether a VPS that has no address here gets one. */
    public boolean adopts() {
        return this != RESOLVE;
    }
}
